import Kernel

/// The recognition of one call as a value: what happened goes in, what to do comes out. It knows no clock, no
/// connection and no vendor.
///
/// A provider's stream is short and a call is long, so streams replace each other. What the old one has not finalised
/// the new one hears again:
/// - What the old stream says while it is drained about sound before the new one's first is simply the case.
/// - An utterance that the new stream hears in full is the new one's; the old one's words serve if it hears none.
/// - An utterance that began before is joined from the words of both.
///
/// The listener sees one utterance and never learns of the seam. How late the provider's answers are does not matter,
/// because a stream is drained before the finals of the next are passed on.
struct RecognitionMachine {
    enum Input: Sendable, Equatable {
        case audio([UInt8])
        case audioEnded
        case tick
        /// The connection has taken one message of the stream.
        case wrote(stream: Int)
        case heard(stream: Int, StreamEvent)
        /// The stream is over; without an error, the provider ended it in an orderly way.
        case ended(stream: Int, SpeechError?)
    }

    enum Effect: Sendable, Equatable {
        /// Opens a stream. The configuration counts as its first message.
        case open(stream: Int, isReopening: Bool)
        case send(stream: Int, [UInt8])
        case halfClose(stream: Int)
        case abandon(stream: Int)
        /// Asks for the next chunk of audio, once.
        case pull
        case emit(RecognitionEvent)
        /// The recognition is over; nothing is said afterwards.
        case finish(SpeechError?)
    }

    /// What a provider says in a stream. Offsets are milliseconds of the stream's own sound.
    enum StreamEvent: Sendable, Equatable {
        case speechBegan(offsetMs: Int)
        case speechEnded(offsetMs: Int)
        case partial(String)
        case final(String, endOffsetMs: Int?)
    }

    private struct Stream {
        let number: Int
        /// The call's time of its first sample.
        let startMs: Int
        var timeline: StreamTimeline
        /// Sound of the call that earlier streams had heard too.
        var replayedMs = 0
        var unwritten = 1
        var stalledTicks = 0
        /// What it understood since its last final.
        var partial = ""
        /// When speech last began in it.
        var beganMs: Int?
    }

    /// A stream that has been closed and may still have words to say.
    private struct Draining {
        var stream: Stream
        /// Where its utterance in progress begins.
        var utteranceMs: Int
        var ticks = 0
    }

    /// A final of the current stream that waits until the stream before has been drained.
    private struct Held {
        let text: String
        let beganMs: Int
        let endMs: Int
    }

    /// Words of a replaced stream, to be used only if the new one understands nothing in the same sound.
    private struct Fallback {
        let text: String
        let endMs: Int
    }

    private let limits: RecognitionLimits
    private var tape = AudioTape()
    private var current: Stream
    private var draining: Draining?
    private var isPulling = false
    private var isClosing = false
    /// The current stream ended in an orderly way after the audio had.
    private var hasEnded = false
    private var isFinished = false
    private var closingTicks = 0
    private var heardSinceTick = false
    private var failures = 0

    /// Up to here everything has been finalised.
    private var finalMs = 0
    private var isSpeaking = false
    private var lastActivityMs = 0
    /// Where the utterance in progress begins at the latest.
    private var utteranceMs: Int?
    /// A stream was replaced at this time while someone spoke, and the new one has not noticed it yet.
    private var seamMs: Int?
    /// Words of the utterance in progress that the current stream has not heard, and where they end.
    private var carried = ""
    private var carriedEndMs = 0
    /// When the current stream took over from another.
    private var replacedAtMs = 0
    private var ticksSinceReplaced = 0
    private var fallback: Fallback?
    /// Finals of the current stream that wait for those of the draining one.
    private var held: [Held] = []
    private var lastPartial = ""
    private var effects: [Effect] = []

    init(limits: RecognitionLimits) {
        self.limits = limits
        current = Stream(number: 0, startMs: 0, timeline: StreamTimeline(startMs: 0))
    }

    mutating func start() -> [Effect] {
        effects = [.open(stream: 0, isReopening: false)]
        pullIfWanted()
        return effects
    }

    mutating func handle(_ input: Input) -> [Effect] {
        effects = []
        guard !isFinished else { return [] }
        switch input {
        case .audio(let chunk): take(chunk)
        case .audioEnded: close()
        case .tick: tick()
        case .wrote(let number): wrote(number)
        case .heard(let number, let event):
            if number == current.number {
                heard(event)
            } else if number == draining?.stream.number {
                heardWhileDraining(event)
            }
        case .ended(let number, let error):
            if number == current.number {
                ended(error)
            } else if number == draining?.stream.number {
                drained()
            }
        }
        if !isFinished { pullIfWanted() }
        return effects
    }

    // MARK: Audio in

    private mutating func take(_ chunk: [UInt8]) {
        isPulling = false
        heardSinceTick = true
        guard !chunk.isEmpty else { return }
        tape.append(chunk)
        for start in stride(from: 0, to: chunk.count, by: limits.maximumMessageBytes) {
            send(Array(chunk[start..<min(start + limits.maximumMessageBytes, chunk.count)]))
        }
        rollOverIfDue()
        tape.trim(before: max(finalMs, tape.endMs - limits.replayMs))
    }

    private mutating func send(_ message: [UInt8]) {
        effects.append(.send(stream: current.number, message))
        current.unwritten += 1
        current.timeline.append(audioMs: message.count / AudioTape.bytesPerMs)
    }

    private mutating func pullIfWanted() {
        guard !isPulling, !isClosing, current.unwritten < limits.window else { return }
        // A stream is not replaced before the one before has been drained: sound waits for that, not the other way.
        if draining != nil, current.timeline.streamMs >= limits.latestRollOverMs { return }
        isPulling = true
        effects.append(.pull)
    }

    private mutating func wrote(_ number: Int) {
        guard number == current.number else { return }
        current.unwritten -= 1
        current.stalledTicks = 0
    }

    private mutating func close() {
        guard !isClosing else { return }
        isPulling = false
        isClosing = true
        effects.append(.halfClose(stream: current.number))
    }

    private mutating func tick() {
        checkSeam()
        if draining != nil {
            draining?.ticks += 1
            if let number = draining?.stream.number, draining?.ticks ?? 0 >= limits.drainTicks {
                effects.append(.abandon(stream: number))
                drained()
            }
        }
        if current.unwritten > 0 {
            current.stalledTicks += 1
            if current.stalledTicks >= limits.stalledTicks {
                effects.append(.abandon(stream: current.number))
                ended(SpeechError(.timeout, provider: "", code: "write_stalled"))
                return
            }
        }
        if isClosing {
            closingTicks += 1
            if closingTicks >= limits.drainTicks {
                effects.append(.abandon(stream: current.number))
                finish(SpeechError(.timeout, provider: "", code: "drain_timeout"))
            }
        } else if !heardSinceTick, current.unwritten == 0 {
            feedSilence()
        }
        heardSinceTick = false
    }

    /// Keeps a stream open whose caller sends nothing, and lets the provider see that the utterance is over.
    private mutating func feedSilence() {
        let silenceMs = limits.tick.milliseconds
        let bytes = [UInt8](repeating: Self.silence, count: silenceMs * AudioTape.bytesPerMs)
        for start in stride(from: 0, to: bytes.count, by: limits.maximumMessageBytes) {
            let message = Array(bytes[start..<min(start + limits.maximumMessageBytes, bytes.count)])
            effects.append(.send(stream: current.number, message))
            current.unwritten += 1
        }
        current.timeline.append(silenceMs: silenceMs)
        rollOverIfDue()
    }

    /// Mu-law for zero.
    private static let silence: UInt8 = 0xFF

    // MARK: Words of the current stream

    private mutating func heard(_ event: StreamEvent) {
        switch event {
        case .speechBegan(let offset):
            seamMs = nil
            // What was heard before a gap left no words and is not part of this utterance.
            if isIdle { utteranceMs = nil }
            let atMs = current.timeline.callMs(at: offset)
            current.beganMs = atMs
            guard !isSpeaking else { return lastActivityMs = max(lastActivityMs, atMs) }
            // Speech that an earlier stream has reported from beginning to end is heard again and not said again.
            if atMs < replacedAtMs, atMs < lastActivityMs { return }
            lastActivityMs = max(lastActivityMs, atMs)
            isSpeaking = true
            utteranceMs = utteranceMs ?? max(finalMs, atMs - Self.beforeSpeechMs)
            emit(.speechBegan(atMs: atMs))
        case .speechEnded(let offset):
            seamMs = nil
            let atMs = current.timeline.callMs(at: offset)
            lastActivityMs = max(lastActivityMs, atMs)
            guard isSpeaking else { return }
            isSpeaking = false
            emit(.speechEnded(atMs: atMs))
        case .partial(let text):
            guard !text.isEmpty else { return }
            seamMs = nil
            settleFallback()
            if isIdle { utteranceMs = nil }
            current.partial = text
            lastActivityMs = max(lastActivityMs, tape.endMs)
            utteranceMs = utteranceMs ?? max(finalMs, tape.endMs - Self.beforeWordsMs)
            showPartial()
        case .final(let text, let endOffset):
            let endMs = endOfFinal(endOffset, in: current)
            current.partial = ""
            finalMs = max(finalMs, endMs)
            lastActivityMs = max(lastActivityMs, endMs)
            utteranceMs = isSpeaking ? finalMs : nil
            guard !text.isEmpty || !carried.isEmpty else { return }
            seamMs = nil
            settleFallback()
            held.append(Held(text: text, beganMs: current.beganMs ?? current.startMs, endMs: endMs))
            if draining == nil { deliverHeld() }
        }
    }

    private static let beforeSpeechMs = 500
    private static let beforeWordsMs = 3_000

    private mutating func showPartial() {
        // Words after a final that is still held back would seem to replace it.
        guard held.isEmpty else { return }
        var before = carried
        if let draining, draining.utteranceMs < current.startMs {
            before = SeamText.join(before, draining.stream.partial)
        }
        let text = SeamText.join(before, current.partial)
        guard text != lastPartial else { return }
        lastPartial = text
        emit(.partial(text))
    }

    private mutating func deliverHeld() {
        for final in held {
            if carriedEndMs + Self.seamToleranceMs < final.beganMs { deliverCarried() }
            let text = SeamText.join(carried, final.text)
            carried = ""
            emitFinal(text, endMs: final.endMs)
        }
        held = []
        if !current.partial.isEmpty { showPartial() }
    }

    /// Words of an old stream whose utterance was over before the new one heard speech.
    private mutating func deliverCarried() {
        let text = carried
        carried = ""
        emitFinal(text, endMs: carriedEndMs)
    }

    private mutating func emitFinal(_ text: String, endMs: Int) {
        lastPartial = ""
        if !text.isEmpty { emit(.final(text, endMs: endMs)) }
    }

    /// Where a final ends in the call. A provider that does not say it has heard at least what had been said when
    /// speech last ended.
    private func endOfFinal(_ offset: Int?, in stream: Stream) -> Int {
        guard let offset, offset > 0 else {
            return isSpeaking ? max(finalMs, tape.endMs - Self.beforeSpeechMs) : max(finalMs, lastActivityMs)
        }
        return stream.timeline.callMs(at: offset)
    }

    private mutating func emit(_ event: RecognitionEvent) {
        effects.append(.emit(event))
    }

    // MARK: Words of the stream before

    private mutating func heardWhileDraining(_ event: StreamEvent) {
        guard var old = draining else { return }
        switch event {
        case .speechBegan(let offset):
            old.utteranceMs = max(old.utteranceMs, old.stream.timeline.callMs(at: offset))
        case .speechEnded(let offset):
            let atMs = old.stream.timeline.callMs(at: offset)
            // Closing a stream may end speech that goes on in the call: then the new stream knows better.
            if isSpeaking, seamMs != nil, atMs < replacedAtMs - Self.seamToleranceMs {
                seamMs = nil
                isSpeaking = false
                lastActivityMs = max(lastActivityMs, atMs)
                emit(.speechEnded(atMs: atMs))
            }
        case .partial(let text): old.stream.partial = text
        case .final(let text, let endOffset):
            let endMs = endOfFinal(endOffset, in: old.stream)
            settleOld(text, fromMs: old.utteranceMs, toMs: endMs)
            old.stream.partial = ""
            old.utteranceMs = max(old.utteranceMs, endMs)
        }
        draining = old
    }

    /// Decides what becomes of words that a closed stream has understood.
    private mutating func settleOld(_ text: String, fromMs: Int, toMs: Int) {
        if toMs <= current.startMs {
            finalMs = max(finalMs, toMs)
            emitFinal(SeamText.join(carried, text), endMs: toMs)
            carried = ""
        } else if fromMs >= current.startMs {
            keepFallback(text, endMs: toMs)
        } else {
            carried = SeamText.join(carried, text)
            carriedEndMs = toMs
        }
    }

    /// How far the two streams may differ about when something was said.
    private static let seamToleranceMs = 200

    /// The new stream has understood words: those of the fallback, or later ones.
    private mutating func settleFallback() {
        guard let words = fallback else { return }
        fallback = nil
        if let beganMs = current.beganMs, beganMs >= words.endMs {
            finalMs = max(finalMs, words.endMs)
            emitFinal(words.text, endMs: words.endMs)
        }
    }

    private mutating func keepFallback(_ text: String, endMs: Int) {
        guard current.partial.isEmpty, held.isEmpty, !text.isEmpty, endMs > finalMs else { return }
        let joined = fallback.map { SeamText.join($0.text, text) } ?? text
        fallback = Fallback(text: joined, endMs: endMs)
    }

    private mutating func drained() {
        guard let old = draining else { return }
        draining = nil
        if !old.stream.partial.isEmpty {
            settleOld(old.stream.partial, fromMs: old.utteranceMs, toMs: replacedAtMs)
        }
        deliverHeld()
        rollOverIfDue()
        finishIfDone()
    }

    // MARK: One stream after another

    private mutating func rollOverIfDue() {
        let length = current.timeline.streamMs
        guard !isClosing, draining == nil,
            length >= limits.latestRollOverMs || (length >= limits.preferredRollOverMs && isIdle)
        else { return }
        let old = current
        let next = replacementInTime()
        effects.append(.halfClose(stream: old.number))
        draining = Draining(stream: old, utteranceMs: utteranceMs ?? finalMs)
        replaceCurrent(from: next, isReopening: false)
    }

    private var isIdle: Bool {
        guard !isSpeaking, current.partial.isEmpty, carried.isEmpty, draining == nil else { return false }
        return tape.endMs - lastActivityMs >= (utteranceMs == nil ? limits.idleGapMs : limits.settlingMs)
    }

    /// From where a stream is heard again that will still say what it has understood: no more than must be.
    private func replacementInTime() -> Int {
        let nowMs = tape.endMs
        let onsetMs = max(finalMs, nowMs - limits.onsetMs)
        guard !isIdle, let utteranceMs else { return onsetMs }
        let startMs = max(finalMs, min(utteranceMs, onsetMs))
        return nowMs - startMs <= limits.replayMs ? startMs : max(finalMs, nowMs - limits.overlapMs)
    }

    private mutating func replaceCurrent(from startMs: Int, isReopening: Bool) {
        let replay = tape.sound(from: startMs, maximumBytes: limits.maximumMessageBytes)
        current = Stream(
            number: current.number + 1,
            startMs: replay.startMs,
            timeline: StreamTimeline(startMs: replay.startMs)
        )
        effects.append(.open(stream: current.number, isReopening: isReopening))
        for message in replay.messages { send(message) }
        current.replayedMs = current.timeline.streamMs
        replacedAtMs = tape.endMs
        ticksSinceReplaced = 0
        if isSpeaking { seamMs = tape.endMs }
        if isIdle { utteranceMs = nil }
    }

    /// Settles what a replaced stream left open once the new one has had the time to hear it and to answer.
    private mutating func checkSeam() {
        ticksSinceReplaced += 1
        let ownMs = current.timeline.streamMs - current.replayedMs
        guard ticksSinceReplaced > limits.settlingTicks, ownMs >= limits.settlingMs else { return }
        if let seamMs {
            self.seamMs = nil
            if isSpeaking {
                isSpeaking = false
                lastActivityMs = max(lastActivityMs, seamMs)
                emit(.speechEnded(atMs: seamMs))
            }
        }
        if draining == nil { deliverLeftovers() }
    }

    /// Says what only a replaced stream has understood.
    private mutating func deliverLeftovers() {
        guard current.partial.isEmpty, held.isEmpty else { return }
        let endMs = max(finalMs, fallback?.endMs ?? carriedEndMs)
        let text = SeamText.join(carried, fallback?.text ?? "")
        carried = ""
        fallback = nil
        guard !text.isEmpty else { return }
        finalMs = max(finalMs, endMs)
        utteranceMs = isSpeaking ? finalMs : nil
        emitFinal(text, endMs: endMs)
    }

    // MARK: Ends

    private mutating func ended(_ error: SpeechError?) {
        if let error {
            reopen(after: error)
        } else if isClosing, current.unwritten == 0 {
            hasEnded = true
            finishIfDone()
        } else {
            reopen(after: SpeechError(.unavailable, provider: "", code: "ended_early"))
        }
    }

    private mutating func reopen(after error: SpeechError) {
        if current.timeline.streamMs - current.replayedMs >= limits.steadyMs { failures = 0 }
        guard error.mayReopenStream, failures == 0 else { return finish(error) }
        failures += 1
        if let number = draining?.stream.number {
            effects.append(.abandon(stream: number))
            drained()
        }
        let text = current.partial
        let beganMs = utteranceMs ?? finalMs
        // The old stream says nothing more, and may have said nothing for a while: the new one hears all there is.
        replaceCurrent(from: max(finalMs, tape.endMs - limits.replayMs), isReopening: true)
        if !text.isEmpty { settleOld(text, fromMs: beganMs, toMs: tape.endMs) }
        if isClosing {
            closingTicks = 0
            effects.append(.halfClose(stream: current.number))
        }
    }

    private mutating func finishIfDone() {
        guard hasEnded, draining == nil else { return }
        finish(nil)
    }

    private mutating func finish(_ error: SpeechError?) {
        if error == nil {
            deliverHeld()
            if !current.partial.isEmpty {
                emitFinal(SeamText.join(carried, current.partial), endMs: tape.endMs)
                carried = ""
                current.partial = ""
            }
            deliverLeftovers()
        }
        isFinished = true
        effects.append(.finish(error))
    }
}
