import Kernel
import Speech

/// The agent's voice in one call: sentences are synthesised one after the other and sent to the line at once, with
/// marks from which it is known later what has been heard.
struct Speaker {
    private struct Order {
        let sentence: Int
        let text: String
        let synthesiser: any Synthesizer
        let generation: Int
        let fromMs: Int
    }

    private let voice: Voice
    private let line: any MediaLine
    private let mailbox: CallMailbox
    private let time: TimeSource
    private let patience: Duration
    private var waiting: [Order] = []
    private var current: (sentence: Int, task: Task<Void, Never>?)?
    /// The sound of what has not been heard to its end, by sentence: it may have to be played again from the middle.
    private(set) var sounds: [Int: SentenceSound] = [:]
    /// The newest generation, and the newest in which something was said.
    private var generation = 0
    private var spokenGeneration = 0
    private(set) var synthesisedCharacters = 0

    init(
        voice: Voice,
        line: any MediaLine,
        mailbox: CallMailbox,
        time: TimeSource,
        patience: Duration
    ) {
        self.voice = voice
        self.line = line
        self.mailbox = mailbox
        self.time = time
        self.patience = patience
    }

    mutating func say(
        sentence: Int,
        text: String,
        by synthesiser: any Synthesizer,
        generation: Int,
        fromMs: Int
    ) {
        let order = Order(
            sentence: sentence,
            text: text,
            synthesiser: synthesiser,
            generation: generation,
            fromMs: fromMs
        )
        if generation > spokenGeneration {
            // The first sentence after an interruption: what came before it will not be said again.
            spokenGeneration = generation
            sounds = sounds.filter { $0.key >= sentence }
        }
        waiting.append(order)
        startNext()
    }

    /// Silence: what is being synthesised is given up, and the line drops what it has of older generations.
    mutating func clear(generation: Int) {
        line.send(.clear(generation: generation))
        self.generation = generation
        waiting = []
        current?.task?.cancel()
        current = nil
    }

    /// The current sentence has been sent, or has failed.
    mutating func finished(sentence: Int) {
        guard current?.sentence == sentence else { return }
        current = nil
        startNext()
    }

    /// A mark of an older generation came back because the far end's buffer was emptied, not because it was heard.
    mutating func heard(_ mark: PlayoutMark) {
        if mark.isEnd, mark.generation == generation { sounds[mark.sentence] = nil }
    }

    /// Ends everything and returns the task that may still be unwinding.
    mutating func stop() -> Task<Void, Never>? {
        waiting = []
        sounds = [:]
        current?.task?.cancel()
        return current?.task
    }

    private mutating func startNext() {
        guard current == nil, !waiting.isEmpty else { return }
        let order = waiting.removeFirst()
        let utterance = PlayedSentence(line: line, sentence: order.sentence, generation: order.generation)
        if let sound = sounds[order.sentence]?.whole {
            let lengthMs = utterance.play(whole: sound, fromMs: order.fromMs)
            current = (order.sentence, nil)
            mailbox.post(
                .synthesised(sentence: order.sentence, generation: order.generation, lengthMs: lengthMs)
            )
            return
        }
        let sound = SentenceSound()
        sounds[order.sentence] = sound
        synthesisedCharacters += order.text.count
        let stream = order.synthesiser.synthesize(order.text, voice: voice)
        let mailbox = mailbox
        let patience = patience
        let time = time
        let task = Task {
            do {
                let lengthMs = try await Patience(patience, time: time).run { progress in
                    var utterance = utterance
                    utterance.begin(fromMs: order.fromMs)
                    for try await bytes in stream {
                        progress()
                        sound.append(bytes)
                        utterance.play(bytes)
                    }
                    try Task.checkCancellation()
                    sound.complete()
                    return utterance.end()
                }
                mailbox.post(
                    .synthesised(sentence: order.sentence, generation: order.generation, lengthMs: lengthMs)
                )
            } catch is CancellationError {
                return
            } catch {
                mailbox.post(.synthesisFailed(sentence: order.sentence, generation: order.generation))
            }
        }
        current = (order.sentence, task)
    }
}

/// Sends one sentence's sound to the line in pieces of half a second, each followed by a mark.
private struct PlayedSentence: Sendable {
    private static let pieceBytes = PlayoutSpacing.markMs * MuLaw.bytesPerMillisecond

    let line: any MediaLine
    let sentence: Int
    let generation: Int
    private var skip = 0
    private var position = 0
    private var pending: [UInt8] = []

    init(line: any MediaLine, sentence: Int, generation: Int) {
        self.line = line
        self.sentence = sentence
        self.generation = generation
    }

    mutating func begin(fromMs: Int) {
        skip = fromMs * MuLaw.bytesPerMillisecond
        mark(atByte: skip, isEnd: false)
    }

    mutating func play(_ bytes: [UInt8]) {
        var rest = bytes[...]
        if position < skip {
            let skipped = min(skip - position, rest.count)
            rest = rest.dropFirst(skipped)
            position += skipped
        }
        while !rest.isEmpty {
            let take = rest.prefix(Self.pieceBytes - pending.count)
            pending.append(contentsOf: take)
            rest = rest.dropFirst(take.count)
            if pending.count == Self.pieceBytes { flush() }
        }
        // What the synthesiser has given is not held back until half a second is full.
        flush()
    }

    /// Marks the end and returns the length of the whole sentence in milliseconds.
    mutating func end() -> Int {
        flush()
        mark(atByte: position, isEnd: true)
        return position / MuLaw.bytesPerMillisecond
    }

    func play(whole: [[UInt8]], fromMs: Int) -> Int {
        var copy = self
        copy.begin(fromMs: fromMs)
        for piece in whole { copy.play(piece) }
        return copy.end()
    }

    private mutating func flush() {
        guard !pending.isEmpty else { return }
        position += pending.count
        line.send(.play(audio: pending, generation: generation))
        pending = []
        mark(atByte: position, isEnd: false)
    }

    private func mark(atByte position: Int, isEnd: Bool) {
        let mark = PlayoutMark(
            generation: generation,
            sentence: sentence,
            heardMs: position / MuLaw.bytesPerMillisecond,
            isEnd: isEnd
        )
        line.send(.mark(mark.name, generation: generation))
    }
}
