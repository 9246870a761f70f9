import Foundation
import Kernel
import Testing

@Suite struct E164Tests {
    @Test("The shape is + and 2 to 15 digits, the first not 0", arguments: ["+43158858", "+12", "+123456789012345"])
    func shape(text: String) {
        #expect(E164(text)?.value == text)
    }

    @Test(
        "Nothing is trimmed or repaired",
        arguments: [
            "", "+", "43158858", "+1", "+0158858", "+1234567890123456", " +43158858", "+43158858 ", "+43 158858",
            "++43158858", "+43-158858", "+43158858x1", "+4315885٨", "+４３１５８８５８", "＋43158858", "+43158858\n",
            "+43158858\u{200B}", "+43158858\u{301}", "sip:+43158858@example.com",
        ]
    )
    func otherTexts(text: String) {
        #expect(E164(text) == nil)
    }

    @Test("Every character that is not an ASCII digit is refused in every place")
    func everyOtherCharacter() {
        for value in UInt8(0)...127 where !(48...57).contains(value) {
            for place in 1...8 {
                var bytes = Array("+43158858".utf8)
                bytes[place] = value
                #expect(E164(String(decoding: bytes, as: UTF8.self)) == nil)
            }
        }
    }

    @Test("A number shows its last three digits at most, however it is printed")
    func masking() throws {
        let number = try #require(E164("+43158858"))
        #expect(number.masked == "+…858")
        #expect("\(number) \(String(reflecting: number))" == "+…858 +…858")
        #expect("\([number: 1])".contains("158858") == false)
    }

    @Test("A number travels through JSON unmasked and is checked on arrival")
    func coding() throws {
        let number = try #require(E164("+43158858"))
        let json = try JSONEncoder().encode([number])
        #expect(String(decoding: json, as: UTF8.self) == #"["+43158858"]"#)
        #expect(try JSONDecoder().decode([E164].self, from: json) == [number])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([E164].self, from: Data(#"["0158858"]"#.utf8))
        }
    }

    @Test("Numbers sort by their text")
    func order() {
        #expect(
            ["+49891234", "+4315", "+43158858"].compactMap(E164.init).sorted().map(\.value)
                == ["+4315", "+43158858", "+49891234"]
        )
    }
}
