import NIOCore

/// The messages of the carrier for one stream, as finished WebSocket frames. The mask is zero, which the protocol
/// allows: the server unmasks all the same, and the client keeps its time.
struct CarrierMessages {
    private let callSid: String
    private let streamSid: String
    private let tail: [UInt8]
    private var sequence = 0
    private var chunk = 0

    init(call: Int) {
        callSid = "CA" + Self.hexadecimal(call)
        streamSid = "MZ" + Self.hexadecimal(call)
        tail = Array(#""},"streamSid":"\#(streamSid)"}"#.utf8)
    }

    private static func hexadecimal(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    mutating func open(into buffer: inout ByteBuffer) {
        Self.frame(#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#, into: &buffer)
        sequence += 1
        let start = """
            {"event":"start","sequenceNumber":"\(sequence)","start":{"accountSid":"AC\(Self.hexadecimal(1))",\
            "streamSid":"\(streamSid)","callSid":"\(callSid)","tracks":["inbound"],"mediaFormat":\
            {"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{}},\
            "streamSid":"\(streamSid)"}
            """
        Self.frame(start, into: &buffer)
    }

    /// One frame of sound; `payload` is base64 already.
    mutating func media(_ payload: [UInt8], into buffer: inout ByteBuffer) {
        sequence += 1
        chunk += 1
        // A message with sound is longer than 125 bytes: two bytes of length, which are filled in below.
        let start = buffer.writerIndex
        buffer.writeInteger(0x81FE_0000_0000_0000 as UInt64)
        buffer.writeStaticString(#"{"event":"media","sequenceNumber":""#)
        buffer.writeDecimal(sequence)
        buffer.writeStaticString(#"","media":{"track":"inbound","chunk":""#)
        buffer.writeDecimal(chunk)
        buffer.writeStaticString(#"","timestamp":""#)
        buffer.writeDecimal((chunk - 1) * CallerScript.frameMs)
        buffer.writeStaticString(#"","payload":""#)
        buffer.writeBytes(payload)
        buffer.writeBytes(tail)
        buffer.setInteger(UInt16(buffer.writerIndex - start - 8), at: start + 2)
    }

    mutating func mark(_ name: String, into buffer: inout ByteBuffer) {
        sequence += 1
        let message = """
            {"event":"mark","sequenceNumber":"\(sequence)","streamSid":"\(streamSid)","mark":{"name":"\(name)"}}
            """
        Self.frame(message, into: &buffer)
    }

    mutating func stop(into buffer: inout ByteBuffer) {
        sequence += 1
        let message = """
            {"event":"stop","sequenceNumber":"\(sequence)","stop":{"accountSid":"AC\(Self.hexadecimal(1))",\
            "callSid":"\(callSid)"},"streamSid":"\(streamSid)"}
            """
        Self.frame(message, into: &buffer)
    }

    /// RFC 6455, 5.2: a final text frame with the shortest length and a mask of zero.
    private static func frame(_ text: String, into buffer: inout ByteBuffer) {
        let length = text.utf8.count
        buffer.writeInteger(0x81 as UInt8)
        if length < 126 {
            buffer.writeInteger(0x80 | UInt8(length))
        } else {
            buffer.writeInteger(0xFE as UInt8)
            buffer.writeInteger(UInt16(length))
        }
        buffer.writeInteger(0 as UInt32)
        buffer.writeString(text)
    }
}

extension ByteBuffer {
    fileprivate mutating func writeDecimal(_ number: Int) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            writeInteger(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
