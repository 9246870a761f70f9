import Synchronization

/// Takes the sound of one text in order, counts it, and tells who waits for it.
final class SoundSink: Sendable {
    private struct State {
        var bytes = 0
        var onFirst: (@Sendable () -> Void)?
        var onSound: (@Sendable () -> Void)?
    }

    private let output: AsyncThrowingStream<[UInt8], any Error>.Continuation
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: bytes of sound in all. A listener may be slower than the provider, so this is also the bound
    ///   of what waits for it.
    init(_ output: AsyncThrowingStream<[UInt8], any Error>.Continuation, limit: Int) {
        self.output = output
        self.limit = limit
    }

    var hasSound: Bool { state.withLock { $0.bytes > 0 } }

    func onFirst(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.onFirst = action }
    }

    func onSound(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.onSound = action }
    }

    func put(_ sound: [UInt8]) throws(SpeechError) {
        guard !sound.isEmpty else { return }
        let (isTooLong, actions) = state.withLock { state in
            let actions = [state.bytes == 0 ? state.onFirst : nil, state.onSound].compactMap { $0 }
            state.bytes += sound.count
            return (state.bytes > limit, actions)
        }
        if isTooLong { throw SpeechError(.invalid, provider: "", code: "sound_too_long") }
        for action in actions { action() }
        output.yield(sound)
    }
}
