/// Writes down what one side of a line sounds like: modem text as text, any other sound by its length.
struct LineListener: Sendable {
    struct Segment: Sendable, Equatable {
        let text: String
        let startMs: Int
        let endMs: Int
    }

    /// Characters further apart than this belong to two sentences.
    private static let sentenceGap = 8 * 110
    /// Louder than this is sound; a silent µ-law line is 0, its lowest step 8.
    static let audibleLevel = 60.0

    private var decoder = ModemDecoder()
    /// Audio time of the call at which sample 0 of the decoder was heard.
    private let originMs: Int
    private(set) var text = ""
    private var startMs: Int?
    private var endMs = 0
    private var lastCharacterEnd: Int?
    private var otherSoundMs = 0

    init(originMs: Int) {
        self.originMs = originMs
    }

    /// Whether something has been heard since the last segment.
    var hasSegment: Bool { startMs != nil }
    /// End of the last sound of the segment.
    var lastSoundMs: Int { endMs }

    /// Hears one frame and says whether there was sound in it.
    mutating func hear(_ frame: [UInt8]) -> Bool {
        let frameMs = frame.count / 8
        let nowMs = originMs + decoder.position / 8
        let isAudible = !frame.allSatisfy { $0 == MuLaw.silence } && MuLaw.level(frame) > Self.audibleLevel
        let hadCarrier = decoder.hasCarrier
        for event in decoder.decode(frame) {
            if case .text(let piece, let start, let end) = event { note(piece, start: start, end: end) }
        }
        if isAudible {
            if startMs == nil { startMs = nowMs }
            endMs = nowMs + frameMs
            if !hadCarrier, !decoder.hasCarrier { otherSoundMs += frameMs }
        }
        return isAudible
    }

    /// Ends the segment and returns it; nil if nothing was heard since the last one.
    mutating func endSegment() -> Segment? {
        guard let start = startMs else { return nil }
        defer {
            startMs = nil
            text = ""
            otherSoundMs = 0
            lastCharacterEnd = nil
        }
        if text.isEmpty {
            // Less than this is the edge of a tone, not somebody speaking.
            guard otherSoundMs >= 200 else { return nil }
            return Segment(text: "(Sprache, \(otherSoundMs) ms)", startMs: start, endMs: endMs)
        }
        return Segment(text: text, startMs: start, endMs: endMs)
    }

    private mutating func note(_ piece: String, start: Int, end: Int) {
        if let last = lastCharacterEnd, start - last > Self.sentenceGap, text.last?.isWhitespace == false {
            text += " "
        }
        text += piece
        lastCharacterEnd = end
    }
}
