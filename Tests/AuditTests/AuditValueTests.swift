import Foundation
import Testing

@testable import Audit

@Suite("Canonical JSON")
struct AuditValueTests {
    @Test("members are sorted by their bytes, and only what JSON demands is escaped")
    func canonicalSpelling() {
        let value: AuditValue = [
            "b": [1, -2, true, false, nil], "a": "Grüß \"Gott\"\\/\n\r\t\u{08}\u{0C}\u{01}\u{7F}👋", "B": [:], "ä": [],
        ]
        let expected =
            #"{"B":{},"a":"Grüß \"Gott\"\\/\n\r\t\b\f\u0001"# + "\u{7F}👋" + #"","b":[1,-2,true,false,null],"ä":[]}"#
        #expect(value.canonical == expected)
    }

    @Test("what is stored and read again has the same spelling")
    func survivesEncoding() throws {
        let value: AuditValue = ["n": 9_007_199_254_740_993, "t": "e\u{301} 1.0 null", "x": [["y": nil]]]
        let read = try JSONDecoder().decode(AuditValue.self, from: Data(value.canonical.utf8))
        #expect(read == value)
        #expect(read.canonical == value.canonical)
    }

    @Test("fractions have no canonical spelling and are refused")
    func fractionsAreRefused() {
        #expect(throws: (any Error).self) { try AuditValue(encoding: ["amount": 0.5]) }
    }

    @Test(
        "G2 values named like secrets are masked at any depth; that they are absent stays visible",
        arguments: ["secret", "client_secret", "clientSecret", "password", "auth_token", "apiKey", "ciphertext"]
    )
    func secretsAreMasked(name: String) {
        let value: AuditValue = ["outer": [.object([name: "hunter2", "name": "Anna"])]]
        let masked: AuditValue = ["outer": [.object([name: "…", "name": "Anna"])]]
        #expect(value.masked == masked)
        #expect(AuditValue.object([name: .null]).masked == .object([name: .null]))
    }
}
