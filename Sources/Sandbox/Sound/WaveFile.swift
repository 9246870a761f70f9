package import Foundation

/// RIFF WAVE files as the sandbox writes and reads them.
package enum WaveFile {
    package enum Failure: Error, Equatable {
        /// Not a RIFF WAVE file, or a form other than 16-bit linear mono.
        case notReadable
    }

    /// The header that Google puts before batch results in µ-law: format 7, 8 kHz, mono, 8 bits.
    package static func muLaw(_ codes: [UInt8]) -> Data {
        file(format: 7, channels: 1, rate: 8_000, bits: 8, body: Data(codes))
    }

    /// 16-bit linear samples, interleaved if there are two channels.
    package static func linear(_ samples: [Int16], channels: Int, rate: Int) -> Data {
        var body = Data(capacity: samples.count * 2)
        for sample in samples { body.append(littleEndian: UInt16(bitPattern: sample)) }
        return file(format: 1, channels: channels, rate: rate, bits: 16, body: body)
    }

    /// The samples and rate of a 16-bit linear mono file. A length field that promises more than there is, as a program
    /// that writes to a pipe leaves it, means "to the end".
    package static func readLinear(_ data: Data) throws(Failure) -> (samples: [Int16], rate: Int) {
        let bytes = [UInt8](data)
        guard bytes.count >= 12, bytes.starts(with: Array("RIFF".utf8)), bytes[8..<12].elementsEqual("WAVE".utf8) else {
            throw .notReadable
        }
        var rate: Int?
        var index = 12
        while index + 8 <= bytes.count {
            let length = Int(bytes.littleEndian32(at: index + 4))
            let body = index + 8
            if bytes[index..<index + 4].elementsEqual("fmt ".utf8), body + 16 <= bytes.count {
                let isLinearMono =
                    bytes.littleEndian16(at: body) == 1 && bytes.littleEndian16(at: body + 2) == 1
                    && bytes.littleEndian16(at: body + 14) == 16
                guard isLinearMono else { throw .notReadable }
                rate = Int(bytes.littleEndian32(at: body + 4))
            } else if bytes[index..<index + 4].elementsEqual("data".utf8), let rate {
                let end = min(bytes.count, body + length)
                let samples = stride(from: body, to: end - 1, by: 2).map { position in
                    Int16(bitPattern: bytes.littleEndian16(at: position))
                }
                return (samples, rate)
            }
            index = body + length + length % 2
        }
        throw .notReadable
    }

    private static func file(format: UInt16, channels: Int, rate: Int, bits: Int, body: Data) -> Data {
        let frame = channels * bits / 8
        var data = Data(capacity: body.count + 44)
        data.append(contentsOf: "RIFF".utf8)
        data.append(littleEndian: UInt32(36 + body.count))
        data.append(contentsOf: "WAVEfmt ".utf8)
        data.append(littleEndian: UInt32(16))
        data.append(littleEndian: format)
        data.append(littleEndian: UInt16(channels))
        data.append(littleEndian: UInt32(rate))
        data.append(littleEndian: UInt32(rate * frame))
        data.append(littleEndian: UInt16(frame))
        data.append(littleEndian: UInt16(bits))
        data.append(contentsOf: "data".utf8)
        data.append(littleEndian: UInt32(body.count))
        data.append(body)
        return data
    }
}

extension Data {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension [UInt8] {
    fileprivate func littleEndian16(at index: Int) -> UInt16 {
        UInt16(self[index]) | UInt16(self[index + 1]) << 8
    }

    fileprivate func littleEndian32(at index: Int) -> UInt32 {
        UInt32(littleEndian16(at: index)) | UInt32(littleEndian16(at: index + 2)) << 16
    }
}
