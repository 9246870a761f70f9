package import Kernel
package import NIOCore

/// Writes the messages to one media stream straight into a buffer that the caller keeps.
package struct MediaStreamEncoder: Sendable {
    private let mediaHead: [UInt8]
    private let markHead: [UInt8]
    private let clearMessage: [UInt8]

    package init(streamSid: StreamSid) {
        // A SID consists of letters and digits, so that it needs no escaping.
        let sid = streamSid.value
        mediaHead = Array(#"{"event":"media","streamSid":"\#(sid)","media":{"payload":""#.utf8)
        markHead = Array(#"{"event":"mark","streamSid":"\#(sid)","mark":{"name":""#.utf8)
        clearMessage = Array(#"{"event":"clear","streamSid":"\#(sid)"}"#.utf8)
    }

    /// Sound to be played after what was sent before: raw mu-law, 8,000 Hz, one channel, no file header.
    package func media(_ payload: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
        let count = Base64.encodedCount(of: payload.count)
        buffer.reserveCapacity(minimumWritableBytes: mediaHead.count + count + Self.tail.utf8CodeUnitCount)
        buffer.writeBytes(mediaHead)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) {
            Base64.encode(payload, into: $0)
        }
        buffer.writeStaticString(Self.tail)
    }

    /// Sound to be played after what was sent before: raw mu-law, 8,000 Hz, one channel, no file header.
    package func media(_ payload: some Collection<UInt8>, into buffer: inout ByteBuffer) {
        let written: Void? = payload.withContiguousStorageIfAvailable {
            media(UnsafeRawBufferPointer($0), into: &buffer)
        }
        if written == nil { Array(payload).withUnsafeBytes { media($0, into: &buffer) } }
    }

    /// Asks for the same mark back once everything sent before has been played, or has been cleared.
    package func mark(_ name: String, into buffer: inout ByteBuffer) {
        buffer.writeBytes(markHead)
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                buffer.writeInteger(UInt8(ascii: "\\"))
                buffer.writeInteger(byte)
            case 0..<0x20:
                buffer.writeStaticString("\\u00")
                buffer.writeInteger(Self.hexadecimal[Int(byte >> 4)])
                buffer.writeInteger(Self.hexadecimal[Int(byte & 15)])
            default:
                buffer.writeInteger(byte)
            }
        }
        buffer.writeStaticString(Self.tail)
    }

    /// Empties the carrier's buffer; the marks that are still in it come back.
    package func clear(into buffer: inout ByteBuffer) {
        buffer.writeBytes(clearMessage)
    }

    private static let tail: StaticString = "\"}}"
    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
