import Foundation
import Kernel
import NIOCore
import Testing
import Twilio

@Suite("Media stream, outbound")
struct MediaStreamEncoderTests {
    private let encoder: MediaStreamEncoder

    init() throws {
        encoder = MediaStreamEncoder(streamSid: try #require(StreamSid("MZ18ad3ab5a668481ce02b83e7395059f0")))
    }

    @Test func soundOfEveryLengthIsWritten() throws {
        var buffer = ByteBuffer()
        for length in [0, 1, 2, 3, 160, 799, 800, 5_000] {
            let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            buffer.clear()
            encoder.media(payload, into: &buffer)
            let message = try object(buffer)
            #expect(message["event"] as? String == "media")
            #expect(message["streamSid"] as? String == "MZ18ad3ab5a668481ce02b83e7395059f0")
            let media = try #require(message["media"] as? [String: String])
            #expect(media["payload"].flatMap { Data(base64Encoded: $0) } == Data(payload))
        }
    }

    @Test func aSequenceWithoutStorageOfItsOwnIsWrittenToo() throws {
        var buffer = ByteBuffer()
        encoder.media(AnyCollection([1, 2, 3] as [UInt8]), into: &buffer)
        #expect(String(buffer: buffer).hasSuffix(#""media":{"payload":"AQID"}}"#))
    }

    @Test(arguments: ["turn-1:3", "a\"b\\c\nd\u{1}e", "Grüße 😀", ""])
    func marksAreEscaped(name: String) throws {
        var buffer = ByteBuffer()
        encoder.mark(name, into: &buffer)
        let message = try object(buffer)
        #expect(message["event"] as? String == "mark")
        #expect(message["mark"] as? [String: String] == ["name": name])
    }

    @Test func clearNamesTheStream() throws {
        var buffer = ByteBuffer()
        encoder.clear(into: &buffer)
        let message = try object(buffer)
        #expect(message as? [String: String] == ["event": "clear", "streamSid": "MZ18ad3ab5a668481ce02b83e7395059f0"])
    }

    private func object(_ buffer: ByteBuffer) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(buffer.readableBytesView))
        return try #require(object as? [String: Any])
    }
}
