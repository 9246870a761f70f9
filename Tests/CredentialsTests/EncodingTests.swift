import Foundation
import Testing

@testable import Credentials

@Suite("Encodings")
struct EncodingTests {
    // RFC 4648, section 10, without padding.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func base32HasTheVectorsOfItsStandard(bytes: String, text: String) {
        #expect(Base32.standard.encode(Data(bytes.utf8)) == text)
        #expect(Base32.standard.decode(text) == Data(bytes.utf8))
    }

    @Test(arguments: ["M", "MZ1", "MZ", "mzxq", "MZXW6==="])
    func base32RefusesWhatItWouldNotWrite(text: String) {
        #expect(Base32.standard.decode(text) == nil)
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("\u{3}\u{f}~?", "Aw9-Pw"),
    ])
    func base64URLHasTheVectorsOfItsStandard(bytes: String, text: String) {
        #expect(Base64URL.encode(Data(bytes.utf8)) == text)
        #expect(Base64URL.decode(text) == Data(bytes.utf8))
    }

    @Test(arguments: ["Zg==", "Z", "Zh", "Zm 8", "Zm9v\n", "Aw9+Pw", "Zm9vä"])
    func base64URLRefusesOtherSpellings(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func base62KeepsItsWidthAndItsBounds() {
        #expect(Base62.encode(Data([0, 0, 0, 0]), width: 6) == "000000")
        #expect(Base62.encode(Data([0, 0, 0, 61]), width: 6) == "00000z")
        #expect(Base62.encode(Data([0, 0, 0, 62]), width: 6) == "000010")
        #expect(Base62.encode(Data([255, 255, 255, 255]), width: 6) == "4gfFC3")
        #expect(Base62.encode(Data([255, 255, 255, 255]), width: 5) == nil)
        #expect(Base62.decode("4gfFC3", count: 4) == Data([255, 255, 255, 255]))
        #expect(Base62.decode("4gfFC4", count: 4) == nil)
        #expect(Base62.decode("00000-", count: 4) == nil)
        for _ in 0..<200 {
            let bytes = SecureBytes.random(32)
            let text = Base62.encode(bytes, width: 43)
            #expect(text?.utf8.count == 43)
            #expect(text.flatMap { Base62.decode($0, count: 32) } == bytes)
        }
        #expect(Base62.decode(String(repeating: "z", count: 43), count: 32) == nil)
    }

    @Test func crc32HasTheCheckValueOfItsCatalogue() {
        #expect(CRC32.checksum("123456789".utf8) == 0xCBF4_3926)
        #expect(CRC32.checksum("".utf8) == 0)
    }
}
