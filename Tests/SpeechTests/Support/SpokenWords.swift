import Synchronization

/// Sound that says numbered words, so that a lost, doubled or broken word shows.
///
/// A word lasts 300 ms: 15 frames of 20 ms, each with its word's number and its own place in it.
enum SpokenWords {
    static let frameBytes = 160
    static let framesPerWord = 15
    static let wordMs = 300
    private static let marker: UInt8 = 0x01
    private static let filling: UInt8 = 0x02
    private static let silent: UInt8 = 0xFF

    static func sound(_ words: some Sequence<Int>) -> [UInt8] {
        words.flatMap { word in
            (0..<framesPerWord).flatMap { frame in
                [marker, UInt8(word >> 8), UInt8(word & 0xFF), UInt8(frame)]
                    + [UInt8](repeating: filling, count: frameBytes - 4)
            }
        }
    }

    static func silence(ms: Int) -> [UInt8] { [UInt8](repeating: silent, count: ms * 8) }

    static func text(_ word: Int) -> String { "wort\(word)" }

    static func text(_ words: some Sequence<Int>) -> String { words.map(text).joined(separator: " ") }

    /// The word and place of a frame, or nil for silence.
    static func frame(_ bytes: ArraySlice<UInt8>) -> (word: Int, place: Int)? {
        let bytes = Array(bytes)
        guard bytes[0] == marker else { return nil }
        return (Int(bytes[1]) << 8 | Int(bytes[2]), Int(bytes[3]))
    }

    /// What is understood of a word when not all of it was heard.
    static func text(_ word: Int, places: ClosedRange<Int>) -> String {
        let full = Array(text(word))
        let from = full.count * places.lowerBound / framesPerWord
        let to = full.count * (places.upperBound + 1) / framesPerWord
        return String(full[from..<max(to, from + 1)])
    }

    static func chunks(_ sound: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: sound.count, by: 800).map { Array(sound[$0..<min($0 + 800, sound.count)]) }
    }

    /// Sound at the pace of a listener: at most `aheadMs` more than `heardMs` says has been heard.
    static func stream(
        _ sound: [UInt8],
        aheadMs: Int,
        heardMs: @escaping @Sendable () -> Int
    ) -> AsyncStream<[UInt8]> {
        let chunks = chunks(sound)
        let position = Position()
        return AsyncStream(unfolding: {
            let next = position.advance()
            guard next < chunks.count else { return nil }
            while heardMs() + aheadMs < next * 100, !Task.isCancelled { await Task.yield() }
            return chunks[next]
        })
    }

    private final class Position: Sendable {
        private let next = Mutex(0)

        func advance() -> Int {
            next.withLock { next in
                next += 1
                return next - 1
            }
        }
    }

    static func stream(_ sound: [UInt8]) -> AsyncStream<[UInt8]> {
        AsyncStream { audio in
            for chunk in chunks(sound) { audio.yield(chunk) }
            audio.finish()
        }
    }
}

/// Understands `SpokenWords`, frame by frame, as a recogniser does: words while they come, a final after a pause.
struct WordListener {
    enum Heard: Equatable {
        case began(ms: Int)
        case ended(ms: Int)
        case partial(String)
        case final(String, endMs: Int)
    }

    let pauseMs: Int
    private var rest: [UInt8] = []
    private(set) var ms = 0
    /// Words that are over, and the one that is being said.
    private var said = ""
    private var word: (number: Int, places: ClosedRange<Int>)?
    private var silentMs = 0
    private var lastWordMs = 0

    init(pauseMs: Int) {
        self.pauseMs = pauseMs
    }

    mutating func hear(_ sound: some Sequence<UInt8>) -> [Heard] {
        rest.append(contentsOf: sound)
        var heard: [Heard] = []
        var start = 0
        while rest.count - start >= SpokenWords.frameBytes {
            heard += hear(frame: rest[start..<start + SpokenWords.frameBytes])
            start += SpokenWords.frameBytes
        }
        rest.removeFirst(start)
        return heard
    }

    mutating func finish() -> [Heard] {
        close()
        return said.isEmpty ? [] : [.final(said, endMs: ms)]
    }

    private mutating func close() {
        guard let last = word else { return }
        said += (said.isEmpty ? "" : " ") + SpokenWords.text(last.number, places: last.places)
        word = nil
    }

    private mutating func hear(frame bytes: ArraySlice<UInt8>) -> [Heard] {
        let startMs = ms
        ms += 20
        guard let frame = SpokenWords.frame(bytes) else {
            silentMs += 20
            close()
            guard !said.isEmpty, silentMs >= pauseMs else { return [] }
            defer { said = "" }
            return [.final(said, endMs: lastWordMs), .ended(ms: lastWordMs)]
        }
        silentMs = 0
        lastWordMs = ms
        let begins: [Heard] = said.isEmpty && word == nil ? [.began(ms: startMs)] : []
        if let last = word, last.number == frame.word {
            word = (frame.word, last.places.lowerBound...frame.place)
        } else {
            close()
            word = (frame.word, frame.place...frame.place)
        }
        guard frame.place == SpokenWords.framesPerWord - 1 else { return begins }
        close()
        return begins + [.partial(said)]
    }
}
