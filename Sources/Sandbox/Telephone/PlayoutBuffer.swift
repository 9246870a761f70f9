/// What the far end of a media stream has sent to be played, and the marks between it.
///
/// As at the carrier: sound is played in the order it came; a mark comes back when everything before it has been played,
/// or at once when the buffer is cleared. Holds ten minutes of sound; what comes on top is refused.
struct PlayoutBuffer: Sendable {
    static let frameSize = 160
    static let capacity = 600 * 8_000

    private var sound = [UInt8]()
    private var head = 0
    private var marks = [(name: String, position: Int)]()
    /// Bytes played or cleared since the beginning.
    private var consumed = 0

    var isEmpty: Bool { head == sound.count }
    var queuedMs: Int { (sound.count - head) / 8 }

    /// False if there was no room; then nothing is taken.
    mutating func append(_ more: [UInt8]) -> Bool {
        guard sound.count - head + more.count <= Self.capacity else { return false }
        sound += more
        return true
    }

    mutating func append(mark name: String) {
        marks.append((name, consumed + sound.count - head))
    }

    /// Empties the buffer; the outstanding marks come back in order.
    mutating func clear() -> [String] {
        consumed += sound.count - head
        sound.removeAll(keepingCapacity: true)
        head = 0
        defer { marks.removeAll() }
        return marks.map(\.name)
    }

    /// The next 20 ms, filled up with silence, how many bytes of it were queued, and the marks that are due after it.
    mutating func play() -> (frame: [UInt8], played: Int, marks: [String]) {
        let count = min(Self.frameSize, sound.count - head)
        var frame = Array(sound[head..<head + count])
        head += count
        consumed += count
        if head == sound.count {
            sound.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1 << 16 {
            sound.removeFirst(head)
            head = 0
        }
        if count < Self.frameSize {
            frame += [UInt8](repeating: MuLaw.silence, count: Self.frameSize - count)
        }
        let due = marks.prefix { $0.position <= consumed }.map(\.name)
        marks.removeFirst(due.count)
        return (frame, count, due)
    }
}
