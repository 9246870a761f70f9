import Synchronization

/// The sound of one sentence, kept while it may have to be played again from the middle.
final class SentenceSound: Sendable {
    private struct State {
        /// As they came: a sound that many calls play is kept once.
        var pieces: [[UInt8]] = []
        var isComplete = false
    }

    private let state = Mutex(State())

    func append(_ bytes: [UInt8]) {
        state.withLock { $0.pieces.append(bytes) }
    }

    func complete() {
        state.withLock { $0.isComplete = true }
    }

    /// The whole sound; nil while some of it is still to come.
    var whole: [[UInt8]]? {
        state.withLock { $0.isComplete ? $0.pieces : nil }
    }
}
