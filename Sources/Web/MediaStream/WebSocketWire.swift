import NIOCore

/// The frames of RFC 6455 as the server's side reads them.
enum WebSocketWire {
    /// No frame and no message may be larger, in bytes of payload.
    static let payloadLimit = 64 * 1_024

    enum Opcode: UInt8 {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA

        var isControl: Bool { rawValue & 0x8 != 0 }
    }

    enum Violation: Error, Equatable {
        /// Reserved bits or opcodes, no mask, or a control frame that is long or in pieces: 1002.
        case malformed
        /// More than the limit: 1009.
        case tooLarge
    }

    struct Header: Equatable {
        let opcode: Opcode
        let isFinal: Bool
        /// The four bytes of the mask as they lie in memory.
        let mask: UInt32
        let headerLength: Int
        let payloadLength: Int

        var frameLength: Int { headerLength + payloadLength }
    }

    /// The header at the beginning of `bytes`; nil if it is not complete yet. What can be judged is judged at once, so
    /// that nobody waits for a megabyte that will be refused.
    static func header(_ bytes: UnsafeRawBufferPointer) throws(Violation) -> Header? {
        guard bytes.count >= 2 else { return nil }
        let isFinal = bytes[0] & 0x80 != 0
        // No extension was agreed on, so the reserved bits mean nothing.
        guard bytes[0] & 0x70 == 0, let opcode = Opcode(rawValue: bytes[0] & 0x0F), bytes[1] & 0x80 != 0 else {
            throw .malformed
        }
        var payloadLength = Int(bytes[1] & 0x7F)
        if opcode.isControl, !isFinal || payloadLength > 125 { throw .malformed }
        var position = 2
        if payloadLength == 126 {
            guard bytes.count >= 4 else { return nil }
            payloadLength = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            position = 4
        } else if payloadLength == 127 {
            guard bytes.count >= 10 else { return nil }
            let long = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard long <= UInt64(payloadLimit) else { throw .tooLarge }
            payloadLength = Int(long)
            position = 10
        }
        guard payloadLength <= payloadLimit else { throw .tooLarge }
        guard bytes.count >= position + 4 else { return nil }
        return Header(
            opcode: opcode,
            isFinal: isFinal,
            mask: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self),
            headerLength: position + 4,
            payloadLength: payloadLength
        )
    }

    /// Copies `source` to `target` without its mask, eight bytes at a time. `target` is at least as long.
    static func unmask(_ source: UnsafeRawBufferPointer, _ mask: UInt32, into target: UnsafeMutableRawBufferPointer) {
        let wide = UInt64(mask) << 32 | UInt64(mask)
        var index = 0
        while index + 8 <= source.count {
            let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            target.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        withUnsafeBytes(of: mask) { mask in
            while index < source.count {
                target[index] = source[index] ^ mask[index & 3]
                index += 1
            }
        }
    }
}

/// Why a WebSocket is closed: the codes of RFC 6455, 7.4.1 that this server uses.
enum WebSocketCloseCode: UInt16 {
    case normal = 1000
    case goingAway = 1001
    case protocolError = 1002
    case policyViolation = 1008
    case messageTooLarge = 1009
    case unexpectedError = 1011
}

extension ByteBuffer {
    /// Appends an unmasked text frame whose payload `write` appends. The header is made for about `expected` bytes; only
    /// if that was a bad guess are the bytes moved.
    mutating func writeTextFrame(expecting expected: Int, _ write: (inout ByteBuffer) -> Void) {
        let start = writerIndex
        let guess = Self.headerLength(for: expected)
        writeRepeatingByte(0, count: guess)
        write(&self)
        let length = writerIndex - start - guess
        let needed = Self.headerLength(for: length)
        if needed != guess {
            let payload = getBytes(at: start + guess, length: length) ?? []
            moveWriterIndex(to: start + needed)
            writeBytes(payload)
        }
        setHeader(.text, length: length, at: start)
    }

    /// Appends an unmasked control frame; a payload beyond 125 bytes is cut.
    mutating func writeControlFrame(_ opcode: WebSocketWire.Opcode, payload: some Collection<UInt8>) {
        let start = writerIndex
        writeRepeatingByte(0, count: 2)
        let length = writeBytes(payload.prefix(125))
        setHeader(opcode, length: length, at: start)
    }

    /// Appends a close frame. `reason` is a stable code of ours.
    mutating func writeCloseFrame(_ code: WebSocketCloseCode, reason: String = "") {
        writeControlFrame(
            .close,
            payload: [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)] + Array(reason.utf8)
        )
    }

    private static func headerLength(for payload: Int) -> Int {
        payload <= 125 ? 2 : payload <= Int(UInt16.max) ? 4 : 10
    }

    private mutating func setHeader(_ opcode: WebSocketWire.Opcode, length: Int, at start: Int) {
        setInteger(0x80 | opcode.rawValue, at: start)
        switch Self.headerLength(for: length) {
        case 2: setInteger(UInt8(length), at: start + 1)
        case 4:
            setInteger(126 as UInt8, at: start + 1)
            setInteger(UInt16(length), at: start + 2)
        default:
            setInteger(127 as UInt8, at: start + 1)
            setInteger(UInt64(length), at: start + 2)
        }
    }
}
