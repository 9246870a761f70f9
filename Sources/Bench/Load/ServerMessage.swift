import NIOCore

/// A message of the media plane, read as far as a caller's telephone must.
enum ServerMessage: Equatable {
    /// Sound of this many bytes.
    case media(bytes: Int)
    case mark(String)
    case clear

    /// Nil for anything else. The client is no judge of the protocol: it takes the values where their keys stand.
    init?(_ message: UnsafeRawBufferPointer) {
        if let payload = Self.value(of: "\"payload\":\"", in: message) {
            let padding = payload.reversed().prefix { $0 == UInt8(ascii: "=") }.count
            self = .media(bytes: payload.count / 4 * 3 - padding)
        } else if let name = Self.value(of: "\"name\":\"", in: message) {
            self = .mark(String(decoding: name, as: UTF8.self))
        } else if Self.value(of: "\"event\":\"", in: message).map({ $0.elementsEqual("clear".utf8) }) ?? false {
            self = .clear
        } else {
            return nil
        }
    }

    /// What stands between `key` and the next quote.
    private static func value(
        of key: StaticString,
        in message: UnsafeRawBufferPointer
    ) -> Slice<UnsafeRawBufferPointer>? {
        key.withUTF8Buffer { key in
            // Keys stand at the beginning; only the payload is long.
            let last = min(message.count - key.count, 200)
            guard last >= 0 else { return nil }
            for start in 0...last where message[start] == key[0] {
                let begin = start + key.count
                guard message[start..<begin].elementsEqual(key) else { continue }
                let end = message[begin...].firstIndex(of: UInt8(ascii: "\"")) ?? message.endIndex
                return message[begin..<end]
            }
            return nil
        }
    }
}

/// A frame of a server, RFC 6455, 5.2.
struct ServerFrame {
    let opcode: UInt8
    let payload: ByteBuffer

    static let text: UInt8 = 0x1
    static let close: UInt8 = 0x8

    /// Takes the next whole frame from `buffer`; nil if there is none yet.
    init?(from buffer: inout ByteBuffer) {
        let start = buffer.readerIndex
        guard let first: UInt8 = buffer.getInteger(at: start), let second: UInt8 = buffer.getInteger(at: start + 1)
        else { return nil }
        var headerLength = 2
        var length = Int(second & 0x7F)
        if length == 126 {
            guard let long: UInt16 = buffer.getInteger(at: start + 2) else { return nil }
            headerLength = 4
            length = Int(long)
        } else if length == 127 {
            guard let long: UInt64 = buffer.getInteger(at: start + 2) else { return nil }
            headerLength = 10
            length = Int(clamping: long)
        }
        guard buffer.readableBytes >= headerLength + length else { return nil }
        buffer.moveReaderIndex(forwardBy: headerLength)
        guard let payload = buffer.readSlice(length: length) else { return nil }
        opcode = first & 0x0F
        self.payload = payload
    }
}
