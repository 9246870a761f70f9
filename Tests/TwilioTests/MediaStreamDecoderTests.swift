import Foundation
import Kernel
import Testing

@testable import Twilio

@Suite("Media stream, inbound")
struct MediaStreamDecoderTests {
    static let media =
        #"{"event":"media","sequenceNumber":"4","media":{"track":"inbound","chunk":"2","timestamp":"5","payload":"#
        + #""//79/Pv6+fj39vX08/Lx8O8="},"streamSid":"MZ18ad3ab5a668481ce02b83e7395059f0"}"#
    static let start =
        #"{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC9c8e","streamSid":"MZ18ad","callSid":"CA00f"#
        + #"","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"#
        + #""customParameters":{"token":"a b","Gr\u00fc\u00dfe":"\ud83d\ude00"}},"streamSid":"MZ18ad"}"#
    static let dtmf =
        ##"{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"#"}}"##
    static let mark = #"{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"s\/1"}}"#
    static let stop =
        #"{"event":"stop","sequenceNumber":"5","stop":{"accountSid":"AC1","callSid":"CA1"},"streamSid":"MZ1"}"#
    static let connected = #" {"event":"connected","protocol":"Call","version":"1.0.0"} "#

    @Test func mediaIsDecodedIntoTheReusedBuffer() throws {
        let (event, payload) = try decode(Self.media)
        #expect(event == .media(timestampMs: 5, sequence: 4, chunk: 2, payloadCount: 17))
        #expect(payload == [0xFF] + (0xEF...0xFE).reversed())
    }

    @Test func theOtherEventsCarryTheirValues() throws {
        let expected = StreamStart(
            streamSid: try #require(StreamSid("MZ18ad")),
            callSid: try #require(CallSid("CA00f")),
            accountSid: AccountSid("AC9c8e"),
            tracks: ["inbound"],
            parameters: ["token": "a b", "Grüße": "😀"]
        )
        #expect(try decode(Self.start).event == .start(expected))
        #expect(try decode(Self.dtmf).event == .dtmf("#"))
        #expect(try decode(Self.mark).event == .mark("s/1"))
        #expect(try decode(Self.stop).event == .stop)
        #expect(try decode(Self.connected).event == .connected)
    }

    @Test(
        "Media in any order of keys, nested deeper, with escapes and with numbers as JSON numbers",
        arguments: [
            #"{"media":{"payload":"AQID","timestamp":"20"},"event":"media"}"#,
            #"{"streamSid":"MZ1","media":{"x":{"payload":"no","y":[[],{},[1,{"z":null}]]},"timestamp":20,"payload":"AQID"},"event":"media"}"#,
            #"{"ev\u0065nt":"\u006dedia","media":{"timestamp":"20","\u0070ayload":"\u0041Q\u0049D"}}"#,
            " {\t\"event\" : \"media\" ,\r\n\"media\" : { \"timestamp\" : 20 , \"payload\" : \"AQID\" } } \n",
            #"{"event":"media","media":{"timestamp":"00020","payload":"AQID","more":-1.5e+7},"extra":[true,false,null]}"#,
        ]
    )
    func tolerated(message: String) throws {
        let (event, payload) = try decode(message)
        #expect(event == .media(timestampMs: 20, sequence: nil, chunk: nil, payloadCount: 3))
        #expect(payload == [1, 2, 3])
    }

    @Test func aSlashMayBeEscapedInThePayload() throws {
        let (_, payload) = try decode(#"{"event":"media","media":{"timestamp":1,"payload":"\/\/\/\/"}}"#)
        #expect(payload == [0xFF, 0xFF, 0xFF])
    }

    @Test func anEmptyFrameIsAFrame() throws {
        let (event, payload) = try decode(#"{"event":"media","media":{"timestamp":1,"payload":""}}"#)
        #expect(event == .media(timestampMs: 1, sequence: nil, chunk: nil, payloadCount: 0))
        #expect(payload.isEmpty)
    }

    @Test func aFrameLargerThanTheBufferMakesItGrow() throws {
        var decoder = MediaStreamDecoder(payloadCapacity: 4)
        let bytes = (0..<30_000).map { UInt8(truncatingIfNeeded: $0) }
        let text = Data(bytes).base64EncodedString()
        let (_, large) = try decode(#"{"event":"media","media":{"timestamp":1,"payload":"\#(text)"}}"#, &decoder)
        #expect(large == bytes)
        let (_, small) = try decode(#"{"event":"media","media":{"timestamp":1,"payload":"AQID"}}"#, &decoder)
        #expect(small == [1, 2, 3])
    }

    @Test(
        "Unknown events and foreign tracks are told apart from errors",
        arguments: [
            (#"{"event":"video","media":5}"#, "video"),
            (#"{"event":"media","media":{"track":"outbound","timestamp":"1","payload":"AAAA"}}"#, "media"),
            (#"{"event":""}"#, ""),
        ]
    )
    func unknown(message: String, name: String) throws {
        #expect(try decode(message).event == .unknown(name))
    }

    @Test(
        "What cannot be understood is refused by name",
        arguments: [
            ("", .malformedJSON), ("[]", .malformedJSON), ("null", .malformedJSON), ("{}", .missingField),
            (#"{"event":"media"}"#, .missingField), (#"{"event":"media","media":[]}"#, .missingField),
            (#"{"event":5}"#, .invalidField), (#"{"event":"media","media":{"payload":"AAAA"}}"#, .missingField),
            (#"{"event":"media","media":{"timestamp":"1"}}"#, .missingField),
            (#"{"event":"media","media":{"timestamp":"1","payload":5}}"#, .invalidField),
            (#"{"event":"media","media":{"timestamp":"-1","payload":"AAAA"}}"#, .invalidField),
            (#"{"event":"media","media":{"timestamp":"1.5","payload":"AAAA"}}"#, .invalidField),
            (#"{"event":"media","media":{"timestamp":"","payload":"AAAA"}}"#, .invalidField),
            (#"{"event":"media","media":{"timestamp":1e3,"payload":"AAAA"}}"#, .invalidField),
            (#"{"event":"media","media":{"timestamp":"1234567890123456","payload":"AAAA"}}"#, .invalidField),
            (#"{"event":"media","media":{"timestamp":"1","chunk":"x","payload":"AAAA"}}"#, .invalidField),
            (#"{"event":"media","media":{"timestamp":"1","payload":"AAA"}}"#, .invalidBase64),
            (#"{"event":"media","media":{"timestamp":"1","payload":"AB=="}}"#, .invalidBase64),
            (#"{"event":"media","media":{"timestamp":"1","payload":"A\nAA"}}"#, .invalidBase64),
            (#"{"event":"media","media":{"timestamp":"1","payload":"AAAA"}}x"#, .malformedJSON),
            (#"{"event":"media","media":{"timestamp":"1","payload":"AAAA"},}"#, .malformedJSON),
            (#"{"event":"media","event":"media","media":{"timestamp":"1","payload":"AAAA"}}"#, .duplicateKey),
            (#"{"event":"media","media":{"timestamp":"1","payload":"AAAA","payload":"AAAA"}}"#, .duplicateKey),
            (
                #"{"event":"media","media":{"timestamp":"1","payload":"AAAA"},"media":{"payload":"AAAA"}}"#,
                .duplicateKey
            ),
            (#"{"event":"media","x":01}"#, .malformedJSON), (#"{"event":"media","x":1.}"#, .malformedJSON),
            (#"{"event":"media","x":+1}"#, .malformedJSON), (#"{"event":"media","x":tru}"#, .malformedJSON),
            (#"{"event":"media","x":"\x"}"#, .malformedJSON), (#"{"event":"media","x":"\u12g4"}"#, .malformedJSON),
            ("{\"event\":\"me\ndia\"}", .malformedJSON), (#"{"event" "media"}"#, .malformedJSON),
            (#"{event:"media"}"#, .malformedJSON), (#"{"event":"mark"}"#, .missingField),
            (#"{"event":"mark","mark":{"name":null}}"#, .missingField),
            (#"{"event":"mark","mark":{"name":"\ud800"}}"#, .invalidField),
            (#"{"event":"dtmf","dtmf":{"digit":"12"}}"#, .invalidField),
            (#"{"event":"dtmf","dtmf":{"digit":"x"}}"#, .invalidField), (#"{"event":"start"}"#, .missingField),
            (#"{"event":"start","start":{"streamSid":"MZ1"}}"#, .missingField),
            (#"{"event":"start","start":{"streamSid":"CA1","callSid":"CA1"}}"#, .invalidField),
            (
                #"{"event":"start","start":{"streamSid":"MZ1","callSid":"CA1","mediaFormat":{"encoding":"audio/l16"}}}"#,
                .unsupportedFormat
            ),
            (#"{"event":"media","x":\#(String(repeating: "[", count: 40))"#, .malformedJSON),
        ] as [(String, MediaStreamError)]
    )
    func refused(message: String, error: MediaStreamError) {
        #expect(throws: error) { try decode(message) }
    }

    @Test(
        "Every truncation is refused",
        arguments: [Self.media, Self.start, Self.dtmf, Self.mark, Self.stop, Self.connected]
    )
    func truncated(message: String) {
        let bytes = Array(message.trimmingSuffix(while: \.isWhitespace).utf8)
        for length in 0..<bytes.count {
            #expect(throws: MediaStreamError.self) { try decode(Array(bytes.prefix(length))) }
        }
    }

    @Test func randomDamageNeverDoesMoreThanThrow() {
        var random = SeededGenerator(seed: 20_261_122)
        let originals = [Self.media, Self.start, Self.dtmf, Self.mark, Self.stop, Self.connected].map { Array($0.utf8) }
        for _ in 0..<20_000 {
            var bytes = originals[Int.random(in: 0..<originals.count, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            let accepted = (try? decode(bytes)) != nil
            // Whoever accepts a message must hold it for JSON as others do.
            if accepted, String(validating: bytes, as: UTF8.self) != nil {
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes)) }
            }
        }
    }

    @Test func whatTheDecoderReadsIsWhatJSONSaysForRandomMessages() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let payload = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let timestamp = Int.random(in: 0...999_999_999, using: &random)
            let chunk = Int.random(in: 0...99_999, using: &random)
            var media: [String: Any] = ["payload": Data(payload).base64EncodedString(), "track": "inbound"]
            media["timestamp"] = Bool.random(using: &random) ? timestamp as Any : String(timestamp)
            media["chunk"] = Bool.random(using: &random) ? chunk as Any : String(chunk)
            let noise = String((0..<8).map { _ in "aä\"\\/\u{1}😀".randomElement(using: &random) ?? "a" })
            media[noise] = [noise: [noise, 1.5, true, NSNull()] as [Any]]
            let message = try JSONSerialization.data(
                withJSONObject: ["event": "media", "media": media, "sequenceNumber": "9", noise + "x": noise]
            )
            let (event, decoded) = try decode(Array(message))
            #expect(event == .media(timestampMs: timestamp, sequence: 9, chunk: chunk, payloadCount: payload.count))
            #expect(decoded == payload)
        }
    }

    // MARK: -

    @discardableResult
    private func decode(_ message: String) throws -> (event: MediaStreamEvent, payload: [UInt8]) {
        try decode(Array(message.utf8))
    }

    @discardableResult
    private func decode(_ message: [UInt8]) throws -> (event: MediaStreamEvent, payload: [UInt8]) {
        var decoder = MediaStreamDecoder()
        let event = try message.withUnsafeBytes { try decoder.decode($0) }
        return (event, decoder.withPayload { Array($0) })
    }

    private func decode(
        _ message: String,
        _ decoder: inout MediaStreamDecoder
    ) throws -> (event: MediaStreamEvent, payload: [UInt8]) {
        let event = try Array(message.utf8).withUnsafeBytes { try decoder.decode($0) }
        return (event, decoder.withPayload { Array($0) })
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, predicate(last) { rest.removeLast() }
        return rest
    }
}
