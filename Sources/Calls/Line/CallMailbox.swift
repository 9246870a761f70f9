import Synchronization

/// How far the caller's sound has come, in milliseconds since the stream began. Written by the ears, read by all.
package final class AudioTime: Sendable {
    private let milliseconds = Atomic<Int>(0)

    package init() {}

    package var now: Int { milliseconds.load(ordering: .relaxed) }

    func advance(to endMs: Int) { milliseconds.store(endMs, ordering: .relaxed) }
}

/// One event with the audio time at which it was posted.
package struct Letter: Sendable {
    package let event: CallMachine.Event
    package let atMs: Int
}

/// The one way into a call: from the ears, the recogniser, the model, the synthesiser and the clock.
///
/// It holds 1,024 events. Events are never dropped silently: one that does not fit ends the mailbox, and the session
/// hands the caller over (decision 15).
package struct CallMailbox: Sendable {
    package static let capacity = 1_024

    package let audioTime = AudioTime()
    package let letters: AsyncStream<Letter>
    private let continuation: AsyncStream<Letter>.Continuation
    private let overflow = Overflow()

    package init() {
        (letters, continuation) = AsyncStream.makeStream(
            of: Letter.self,
            bufferingPolicy: .bufferingOldest(Self.capacity)
        )
    }

    package var hasOverflowed: Bool { overflow.happened.load(ordering: .relaxed) }

    package func post(_ event: CallMachine.Event) {
        if case .dropped = continuation.yield(Letter(event: event, atMs: audioTime.now)) {
            overflow.happened.store(true, ordering: .relaxed)
            continuation.finish()
        }
    }

    package func close() { continuation.finish() }

    private final class Overflow: Sendable {
        let happened = Atomic<Bool>(false)
    }
}
