/// A bounded queue with many senders and one reader. Nothing is dropped: when it is full, senders wait, and so does
/// whatever feeds them.
struct Mailbox<Element: Sendable>: AsyncSequence, Sendable {
    private let elements: AsyncStream<Element>
    private let input: AsyncStream<Element>.Continuation

    init(capacity: Int) {
        (elements, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(capacity))
    }

    /// Returns without delivering once the reader has gone or the task is cancelled.
    func post(_ element: Element) async {
        while case .dropped = input.yield(element) {
            if Task.isCancelled { return }
            await Task.yield()
        }
    }

    func makeAsyncIterator() -> AsyncStream<Element>.Iterator {
        elements.makeAsyncIterator()
    }
}
