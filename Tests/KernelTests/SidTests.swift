import Foundation
import Kernel
import Testing

@Suite struct SidTests {
    @Test("An identifier of the carrier keeps its text")
    func text() {
        let digits = "0123456789abcdef0123456789ABCDEF"
        #expect(AccountSid("AC" + digits)?.value == "AC" + digits)
        #expect(CallSid("CA" + digits)?.description == "CA" + digits)
        #expect(StreamSid("MZ1")?.value == "MZ1")
        #expect(NumberSid("PN" + String(repeating: "z", count: 64)) != nil)
    }

    @Test(
        "Another prefix, length or alphabet is refused",
        arguments: [
            "", "CA", "ca123", "AC123", "C", "CA-123", "CA 123", "CA123\n", "CA123\u{0}", "CA12é", "CA١٢", " CA123",
            "CA123/../AC123", "CA" + String(repeating: "1", count: 65),
        ]
    )
    func otherTexts(text: String) {
        #expect(CallSid(text) == nil)
    }

    @Test("An identifier travels through JSON and is checked on arrival")
    func coding() throws {
        let sid = try #require(CallSid("CA123"))
        let json = try JSONEncoder().encode([sid])
        #expect(String(decoding: json, as: UTF8.self) == #"["CA123"]"#)
        #expect(try JSONDecoder().decode([CallSid].self, from: json) == [sid])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([StreamSid].self, from: json)
        }
    }
}
