/// What the sandbox's recogniser hears in one stream: speech by its level, words by decoding the modem.
struct RecognitionSession: Sendable {
    enum Output: Sendable, Equatable {
        case speechBegan(atMs: Int)
        case speechEnded(atMs: Int)
        case interim(String, endMs: Int)
        case final(String, endMs: Int)
    }

    private static let frameSize = 160
    private static let frameMs = 20
    /// Speech has begun after so much sound in a row.
    private static let onsetMs = 40
    private static let interimEveryMs = 200

    private let silenceMs: Int
    private var listener = LineListener(originMs: 0)
    private var rest = [UInt8]()
    private var atMs = 0
    private var soundMs = 0
    private var quietMs = 0
    private var isSpeech = false
    private var lastInterim = ""
    private var lastInterimMs = 0

    /// - Parameter silenceMs: silence after which an utterance counts as over.
    init(silenceMs: Int) {
        self.silenceMs = silenceMs
    }

    /// Audio received so far, in milliseconds.
    var receivedMs: Int { atMs + rest.count / 8 }

    mutating func hear(_ sound: [UInt8]) -> [Output] {
        rest += sound
        var outputs = [Output]()
        var head = 0
        while rest.count - head >= Self.frameSize {
            hear(frame: Array(rest[head..<head + Self.frameSize]), &outputs)
            head += Self.frameSize
        }
        rest.removeFirst(head)
        return outputs
    }

    /// The caller has half-closed: what was heard so far is final.
    mutating func finish() -> [Output] {
        var outputs = [Output]()
        if !rest.isEmpty {
            rest += [UInt8](repeating: MuLaw.silence, count: Self.frameSize - rest.count)
            hear(frame: rest, &outputs)
            rest.removeAll()
        }
        finishUtterance(&outputs)
        return outputs
    }

    private mutating func hear(frame: [UInt8], _ outputs: inout [Output]) {
        let isAudible = listener.hear(frame)
        atMs += Self.frameMs
        if isAudible {
            soundMs += Self.frameMs
            quietMs = 0
        } else {
            soundMs = 0
            quietMs += Self.frameMs
        }
        if !isSpeech, soundMs >= Self.onsetMs {
            isSpeech = true
            outputs.append(.speechBegan(atMs: atMs - soundMs))
        }
        guard isSpeech else { return }
        if quietMs >= silenceMs {
            isSpeech = false
            outputs.append(.speechEnded(atMs: atMs - quietMs))
            finishUtterance(&outputs)
        } else {
            offerInterim(&outputs)
        }
    }

    private mutating func offerInterim(_ outputs: inout [Output]) {
        let words = listener.text
        guard words != lastInterim, atMs - lastInterimMs >= Self.interimEveryMs else { return }
        // A word is offered when it is complete.
        guard let blank = words.lastIndex(of: " ") else { return }
        let complete = String(words[..<blank])
        guard complete != lastInterim, !complete.isEmpty else { return }
        lastInterim = complete
        lastInterimMs = atMs
        outputs.append(.interim(complete, endMs: atMs))
    }

    private mutating func finishUtterance(_ outputs: inout [Output]) {
        let words = listener.text
        let segment = listener.endSegment()
        lastInterim = ""
        guard !words.isEmpty, let segment else { return }
        outputs.append(.final(words, endMs: segment.endMs))
    }
}
