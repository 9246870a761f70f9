import CBrotliDecoder
import Foundation

/// Reads what was compressed, with the library's other half.
enum Decompression {
    struct Broken: Error {}

    static let limit = 8 << 20

    static func brotli(_ bytes: [UInt8]) throws -> [UInt8] {
        var size = limit
        var output = [UInt8](repeating: 0, count: limit)
        guard BrotliDecoderDecompress(bytes.count, bytes, &size, &output) == BROTLI_DECODER_RESULT_SUCCESS else {
            throw Broken()
        }
        return Array(output.prefix(size))
    }
}
