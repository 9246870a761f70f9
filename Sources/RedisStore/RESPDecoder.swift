package import NIOCore

/// Bytes that are not the protocol; the connection cannot be used any further.
package struct RESPViolation: Error, Equatable {
    package init() {}
}

/// Takes replies out of a stream of bytes that may be cut anywhere.
///
/// A reply is parsed again from its start when it was not complete. That is cheap here, because a bulk string says its
/// length first and no array that we ask for is long.
package struct RESPDecoder {
    /// The largest bulk string that is accepted, in bytes.
    package static let bulkLimit = 16 << 20
    package static let arrayLimit = 1 << 16
    package static let depthLimit = 8
    /// The longest line of a status, error or number.
    package static let lineLimit = 64 << 10

    private var buffer = ByteBuffer()

    package init() {}

    package mutating func feed(_ bytes: inout ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.writeBuffer(&bytes)
        }
    }

    /// The next complete reply, or nil if there is none yet.
    package mutating func next() throws(RESPViolation) -> RESPValue? {
        var cursor = buffer
        guard let value = try Self.parse(&cursor, depth: 0) else { return nil }
        buffer = cursor
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return value
    }

    private static func parse(_ bytes: inout ByteBuffer, depth: Int) throws(RESPViolation) -> RESPValue? {
        guard depth < depthLimit else { throw RESPViolation() }
        guard let kind = bytes.readInteger(as: UInt8.self) else { return nil }
        guard let line = try line(&bytes) else { return nil }
        switch kind {
        case UInt8(ascii: "+"): return .status(line)
        case UInt8(ascii: "-"): return .error(line)
        case UInt8(ascii: ":"): return .integer(try number(line))
        case UInt8(ascii: "$"): return try bulk(length: number(line), &bytes)
        case UInt8(ascii: "*"): return try array(count: number(line), &bytes, depth: depth)
        default: throw RESPViolation()
        }
    }

    private static func line(_ bytes: inout ByteBuffer) throws(RESPViolation) -> String? {
        let view = bytes.readableBytesView
        guard let carriageReturn = view.firstIndex(of: UInt8(ascii: "\r")) else {
            guard view.count <= lineLimit else { throw RESPViolation() }
            return nil
        }
        let length = carriageReturn - view.startIndex
        guard length <= lineLimit else { throw RESPViolation() }
        guard length + 2 <= view.count else { return nil }
        guard view[carriageReturn + 1] == UInt8(ascii: "\n") else { throw RESPViolation() }
        let line = bytes.readString(length: length)
        bytes.moveReaderIndex(forwardBy: 2)
        return line
    }

    private static func number(_ line: String) throws(RESPViolation) -> Int {
        guard let number = Int(line), !line.hasPrefix("+") else { throw RESPViolation() }
        return number
    }

    private static func bulk(length: Int, _ bytes: inout ByteBuffer) throws(RESPViolation) -> RESPValue? {
        if length == -1 { return .bulk(nil) }
        guard (0...bulkLimit).contains(length) else { throw RESPViolation() }
        guard bytes.readableBytes >= length + 2 else { return nil }
        let text = bytes.readString(length: length)
        guard bytes.readInteger(as: UInt16.self) == 0x0d0a else { throw RESPViolation() }
        return .bulk(text)
    }

    private static func array(
        count: Int,
        _ bytes: inout ByteBuffer,
        depth: Int
    ) throws(RESPViolation) -> RESPValue? {
        if count == -1 { return .bulk(nil) }
        guard (0...arrayLimit).contains(count) else { throw RESPViolation() }
        var elements: [RESPValue] = []
        elements.reserveCapacity(min(count, 64))
        for _ in 0..<count {
            guard let element = try parse(&bytes, depth: depth + 1) else { return nil }
            elements.append(element)
        }
        return .array(elements)
    }
}

extension ByteBuffer {
    /// Appends a command as an array of bulk strings, the only form in which arguments may hold any byte.
    package mutating func writeCommand(_ arguments: [String]) {
        writeString("*\(arguments.count)\r\n")
        for argument in arguments {
            writeString("$\(argument.utf8.count)\r\n")
            writeString(argument)
            writeStaticString("\r\n")
        }
    }
}
