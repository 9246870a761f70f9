import Foundation

/// A WebSocket client that can also do what it should not.
struct SocketClient: Sendable {
    struct Frame: Equatable {
        let opcode: UInt8
        let payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }

        /// Code and reason of a close frame.
        var close: String {
            guard opcode == 8, payload.count >= 2 else { return "not a close frame: \(opcode) \(text)" }
            let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
            return "\(code) \(String(decoding: payload.dropFirst(2), as: UTF8.self))"
        }
    }

    let raw: RawClient

    static func open(_ port: Int, path: String = "/media", before: String = "") async throws -> SocketClient {
        let raw = try await RawClient.connect(port)
        try await raw.send(
            before + "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        let answer = try await raw.read(through: "\r\n\r\n")
        guard answer.hasPrefix("HTTP/1.1 101") else { throw RawClient.Closed(received: answer) }
        return SocketClient(raw: raw)
    }

    func send(_ text: String) async throws {
        try await raw.send(Self.frame(text.utf8))
    }

    func sendClose(_ code: UInt16) async throws {
        try await raw.send(Self.frame([UInt8(code >> 8), UInt8(code & 255)], opcode: 8))
    }

    func next() async throws -> Frame {
        let head = try await raw.read(count: 2)
        var length = Int(head[1])
        if length == 126 {
            length = try await raw.read(count: 2).reduce(0) { $0 << 8 | Int($1) }
        } else if length == 127 {
            length = try await raw.read(count: 8).reduce(0) { $0 << 8 | Int($1) }
        }
        return Frame(opcode: head[0] & 0x0F, payload: try await raw.read(count: length))
    }

    static func frame(
        _ payload: some Collection<UInt8>,
        opcode: UInt8 = 1,
        isFinal: Bool = true,
        isMasked: Bool = true,
        reserved: UInt8 = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | reserved | opcode]
        let masked: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ...125: bytes.append(masked | UInt8(payload.count))
        case ...65_535: bytes += [masked | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default: bytes += [masked | 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 255) }
        }
        guard isMasked else { return bytes + payload }
        let mask = (0..<4).map { _ in UInt8.random(in: 0...255) }
        return bytes + mask + zip(payload, 0...).map { $0 ^ mask[$1 & 3] }
    }
}

/// The carrier's messages.
enum Said {
    static let connected = #"{"event":"connected","protocol":"Call","version":"1.0.0"}"#

    static func start(stream: String = "MZ1", call: String = "CA1") -> String {
        #"{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"\#(stream)","callSid":"\#(call)","#
            + #""tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"#
            + #""customParameters":{"token":"t"}},"streamSid":"\#(stream)"}"#
    }

    /// Frame `number`, counted from 0; each of its 160 bytes is `number` modulo 251.
    static func media(_ number: Int, sequence: Int? = nil) -> String {
        let sound = Data(repeating: UInt8(number % 251), count: 160).base64EncodedString()
        return #"{"event":"media","sequenceNumber":"\#(sequence ?? number + 2)","media":{"track":"inbound","#
            + #""chunk":"\#(number + 1)","timestamp":"\#(number * 20)","payload":"\#(sound)"},"streamSid":"MZ1"}"#
    }

    static let dtmf =
        #"{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"7"}}"#
    static let mark = #"{"event":"mark","sequenceNumber":"6","streamSid":"MZ1","mark":{"name":"satz-1"}}"#
    static let stop =
        #"{"event":"stop","sequenceNumber":"7","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}"#
}
