import Synchronization

/// The sound of one sentence, kept while it may have to be played again from the middle.
final class SentenceSound: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isComplete = false
    }

    private let state = Mutex(State())

    func append(_ bytes: [UInt8]) {
        state.withLock { $0.bytes.append(contentsOf: bytes) }
    }

    func complete() {
        state.withLock { $0.isComplete = true }
    }

    /// The whole sound; nil while some of it is still to come.
    var whole: [UInt8]? {
        state.withLock { $0.isComplete ? $0.bytes : nil }
    }
}
