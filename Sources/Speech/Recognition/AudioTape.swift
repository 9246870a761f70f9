/// The last sound of a call, kept so that it can be played again into a new stream.
///
/// Bounded by whoever trims it; whole chunks are dropped from the front.
struct AudioTape: Sendable {
    /// Mu-law at 8 kHz, one byte a sample.
    static let bytesPerMs = 8

    private var chunks: [[UInt8]] = []
    /// Counted in bytes, so that chunks of any length add up without a rounding error.
    private var startByte = 0
    private var endByte = 0

    /// The call's time of the first sample kept.
    var startMs: Int { startByte / Self.bytesPerMs }
    /// The call's time after the last sample heard.
    var endMs: Int { endByte / Self.bytesPerMs }

    mutating func append(_ chunk: [UInt8]) {
        chunks.append(chunk)
        endByte += chunk.count
    }

    /// Drops what ends before `ms`.
    mutating func trim(before ms: Int) {
        let limit = ms * Self.bytesPerMs
        var dropped = 0
        while dropped < chunks.count, startByte + chunks[dropped].count <= limit {
            startByte += chunks[dropped].count
            dropped += 1
        }
        chunks.removeFirst(dropped)
    }

    /// The sound from `ms` to the end in messages of at most `maximumBytes`, and where it really begins: later than
    /// `ms` if that much is no longer kept.
    func sound(from ms: Int, maximumBytes: Int) -> (startMs: Int, messages: [[UInt8]]) {
        let start = max(ms * Self.bytesPerMs, startByte)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(endByte - start, 0))
        var position = startByte
        for chunk in chunks {
            let skip = max(start - position, 0)
            if skip < chunk.count { bytes.append(contentsOf: chunk[skip...]) }
            position += chunk.count
        }
        let messages = stride(from: 0, to: bytes.count, by: maximumBytes).map {
            Array(bytes[$0..<min($0 + maximumBytes, bytes.count)])
        }
        return (start / Self.bytesPerMs, messages)
    }
}
