import Synchronization

/// The caller's sound on its way to the recogniser, in pieces of 100 ms.
///
/// At most five seconds wait; what does not fit pushes out the oldest and is counted (requirement J6). A recogniser
/// that is started again gets a stream of its own.
package final class AudioFeed: Sendable {
    package static let chunkBytes = 100 * MuLaw.bytesPerMillisecond
    private static let capacity = 50

    private let current = Mutex<AsyncStream<[UInt8]>.Continuation?>(nil)
    private let droppedChunks = Atomic<Int>(0)

    package init() {}

    package var dropped: Int { droppedChunks.load(ordering: .relaxed) }

    /// Ends the stream handed out before and opens a new one.
    package func open() -> AsyncStream<[UInt8]> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: [UInt8].self,
            bufferingPolicy: .bufferingNewest(Self.capacity)
        )
        replace(by: continuation)
        return stream
    }

    package func send(_ chunk: [UInt8]) {
        let continuation = current.withLock { $0 }
        if case .dropped = continuation?.yield(chunk) {
            droppedChunks.add(1, ordering: .relaxed)
        }
    }

    package func close() {
        replace(by: nil)
    }

    private func replace(by continuation: AsyncStream<[UInt8]>.Continuation?) {
        let previous = current.withLock { stored in
            let previous = stored
            stored = continuation
            return previous
        }
        previous?.finish()
    }
}
