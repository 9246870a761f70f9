import Crypto
import Foundation
import Testing

@testable import Credentials

@Suite("Tokens and API keys (B3, B7)")
struct TokenTests {
    @Test("B3: a token has 256 bits, is read back, and only its hash is stored")
    func token() throws {
        let token = RandomToken()
        let text = token.reveal()
        #expect(text.utf8.count == 43)
        #expect(try #require(RandomToken(text)).hash == token.hash)
        #expect(token.hash == Data(SHA256.hash(data: try #require(Base64URL.decode(text)))))
        #expect(RandomToken().hash != token.hash)
        #expect(!"\(token)\(String(reflecting: token))\([token])".contains(text))
    }

    @Test(arguments: ["", "abc", String(repeating: "A", count: 42), String(repeating: "A", count: 44)])
    func otherTextsAreNoTokens(text: String) {
        #expect(RandomToken(text) == nil)
        // The last character has two bits too many.
        #expect(RandomToken(String(repeating: "A", count: 42) + "B") == nil)
    }

    @Test("B7: a key has its form, and is read back")
    func key() throws {
        for _ in 0..<100 {
            let key = APIKeyText.make()
            let text = key.reveal()
            #expect(text.wholeMatch(of: /va_live_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}/) != nil)
            #expect(try #require(APIKeyText(text)).reveal() == text)
            #expect(key.prefix == text.prefix(12))
            #expect(key.prefix.count == 12)
        }
    }

    @Test("B7: every single mistyped character is refused by the checksum")
    func checksum() {
        let text = Array(APIKeyText.make().reveal())
        for place in text.indices {
            for other in ["0", "A", "z", "_", "-", "ä"] as [Character] where other != text[place] {
                var mistyped = text
                mistyped[place] = other
                #expect(APIKeyText(String(mistyped)) == nil)
            }
        }
        #expect(APIKeyText(String(text.dropLast())) == nil)
        #expect(APIKeyText(String(text) + "0") == nil)
        #expect(APIKeyText("") == nil)
        #expect(APIKeyText("va_live_" + String(repeating: "z", count: 43) + "_000000") == nil)
    }

    // Computed by Python's zlib and hmac.
    @Test("B7: checksum and hash are those of an independent program")
    func foreignKey() throws {
        let key = try #require(APIKeyText("va_live_No287qEH4uQv9vBo5cxQTXAw02KFtzjuPbCrH1FrBEB_3nde4Z"))
        let hash = key.hash(pepper: Data("pepper".utf8))
        #expect(
            hash.map { String(format: "%02x", $0) }.joined()
                == "95c798692eaf5ce4d1bba184e9e858938c7487f9923618d05ec0eae1107c8cf1"
        )
    }

    @Test("B7: another pepper gives another hash, and neither holds the key")
    func pepper() {
        let key = APIKeyText.make()
        let first = key.hash(pepper: Data("one pepper".utf8))
        #expect(first.count == 32)
        #expect(first == key.hash(pepper: Data("one pepper".utf8)))
        #expect(first != key.hash(pepper: Data("another".utf8)))
    }

    @Test("B7: only the prefix is printed")
    func printing() {
        let key = APIKeyText.make()
        for text in ["\(key)", String(reflecting: key), "\([key])"] {
            #expect(!text.contains(key.reveal().dropFirst(8).prefix(6)))
        }
        #expect("\(key)" == key.prefix + "…")
    }
}
