import CBrotli
import CGzip
import NIOCore

/// Compresses one answer, piece by piece.
final class ContentEncoder {
    /// The library has no memory left, or was asked for what cannot be.
    struct Failure: Error {}

    private enum State {
        case brotli(OpaquePointer)
        case gzip(OpaquePointer)
    }

    /// Bytes asked of the library at a time.
    private static let piece = 32_768
    /// Of 11: a page in a millisecond or two, and smaller than gzip's best.
    private static let brotliQuality: UInt32 = 5
    /// 2^18 bytes, enough for the longest page and little for each answer that is being written.
    private static let brotliWindow: UInt32 = 18
    private static let gzipLevel: Int32 = 6

    private let state: State

    /// - Throws: `Failure`.
    init(_ coding: ContentCoding) throws {
        switch coding {
        case .brotli:
            guard let encoder = BrotliEncoderCreateInstance(nil, nil, nil) else { throw Failure() }
            BrotliEncoderSetParameter(encoder, BROTLI_PARAM_QUALITY, Self.brotliQuality)
            BrotliEncoderSetParameter(encoder, BROTLI_PARAM_LGWIN, Self.brotliWindow)
            state = .brotli(encoder)
        case .gzip:
            guard let gzip = cgzip_create(Self.gzipLevel) else { throw Failure() }
            state = .gzip(gzip)
        }
    }

    deinit {
        switch state {
        case .brotli(let encoder): BrotliEncoderDestroyInstance(encoder)
        case .gzip(let gzip): cgzip_destroy(gzip)
        }
    }

    /// What is ready to leave once `buffer` has come; may be empty.
    ///
    /// - Parameter isLast: nothing comes any more. To be said once.
    /// - Throws: `Failure`.
    func encode(_ buffer: ByteBuffer, isLast: Bool) throws -> ByteBuffer {
        var output = ByteBuffer()
        try buffer.withUnsafeReadableBytes { bytes in
            let input = bytes.bindMemory(to: UInt8.self)
            switch state {
            case .brotli(let encoder): try Self.brotli(encoder, input, isLast, &output)
            case .gzip(let gzip): try Self.gzip(gzip, input, isLast, &output)
            }
        }
        return output
    }

    private static func brotli(
        _ encoder: OpaquePointer,
        _ input: UnsafeBufferPointer<UInt8>,
        _ isLast: Bool,
        _ output: inout ByteBuffer
    ) throws {
        var left = input.count
        var next = input.baseAddress
        let operation = isLast ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_PROCESS
        repeat {
            try output.writeWithUnsafeMutableBytes(minimumWritableBytes: piece) { space in
                var room = space.count
                var target = space.bindMemory(to: UInt8.self).baseAddress
                let done = BrotliEncoderCompressStream(encoder, operation, &left, &next, &room, &target, nil)
                guard done == BROTLI_TRUE else { throw Failure() }
                return space.count - room
            }
        } while left > 0 || BrotliEncoderHasMoreOutput(encoder) == BROTLI_TRUE
            || (isLast && BrotliEncoderIsFinished(encoder) != BROTLI_TRUE)
    }

    private static func gzip(
        _ gzip: OpaquePointer,
        _ input: UnsafeBufferPointer<UInt8>,
        _ isLast: Bool,
        _ output: inout ByteBuffer
    ) throws {
        var left = input.count
        var next = input.baseAddress
        var outcome: Int32 = 0
        repeat {
            try output.writeWithUnsafeMutableBytes(minimumWritableBytes: piece) { space in
                var room = space.count
                var target = space.bindMemory(to: UInt8.self).baseAddress
                outcome = cgzip_run(gzip, &next, &left, &target, &room, isLast ? 1 : 0)
                guard outcome >= 0 else { throw Failure() }
                return space.count - room
            }
        } while outcome == 0
    }
}
