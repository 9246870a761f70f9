/// The sound inside a WAV file.
enum WaveSound {
    enum Problem: String, Error, Equatable {
        /// A chunk says it is longer than the file, or there is no sound in it.
        case truncated
        /// Not mu-law, 8 kHz, one channel.
        case format
    }

    private static let muLaw = 7
    /// What a writer puts who does not know the length yet.
    private static let unknownLength = 0xFFFF_FFFF

    /// Raw mu-law of a RIFF file, whatever chunks surround it; bytes without a RIFF header are returned as they are.
    static func muLaw8000(_ file: [UInt8]) throws(Problem) -> ArraySlice<UInt8> {
        guard file.count >= 12, tag(file, 0) == "RIFF", tag(file, 8) == "WAVE" else { return file[...] }
        var position = 12
        var hasFormat = false
        while position + 8 <= file.count {
            let name = tag(file, position)
            let length = integer(file, position + 4, bytes: 4)
            let start = position + 8
            switch name {
            case "fmt ":
                guard length >= 16, start + length <= file.count else { throw .truncated }
                guard integer(file, start, bytes: 2) == muLaw, integer(file, start + 2, bytes: 2) == 1,
                    integer(file, start + 4, bytes: 4) == 8_000
                else { throw .format }
                hasFormat = true
            case "data":
                guard hasFormat else { throw .format }
                if length == unknownLength { return file[start...] }
                guard start + length <= file.count else { throw .truncated }
                return file[start..<start + length]
            default: break
            }
            // Chunks begin at even offsets.
            position = start + length + length % 2
        }
        throw .truncated
    }

    private static func tag(_ file: [UInt8], _ position: Int) -> String {
        String(decoding: file[position..<position + 4], as: UTF8.self)
    }

    private static func integer(_ file: [UInt8], _ position: Int, bytes: Int) -> Int {
        (0..<bytes).reduce(0) { $0 | Int(file[position + $1]) << (8 * $1) }
    }
}
