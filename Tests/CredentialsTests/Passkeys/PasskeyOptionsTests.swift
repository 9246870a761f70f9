import Foundation
import Testing

@testable import Credentials

@Suite("What browsers are asked (B5)")
struct PasskeyOptionsTests {
    private let webAuthn = WebAuthn(rpID: "example.org", origins: ["https://app.example.org"])
    private let passkey = PasskeyDescriptor(credentialID: Data([0xFB, 0xFF]), transports: ["usb", "nfc"])

    private func publicKey(_ json: Data) throws -> [String: Any] {
        let document = try JSONSerialization.jsonObject(with: json) as? [String: Any]
        return try #require(document?["publicKey"] as? [String: Any])
    }

    @Test func theOptionsOfARegistrationHaveTheStandardsShape() throws {
        let options = webAuthn.registrationOptions(
            person: SoftwareAuthenticator.person,
            name: "anna@example.org",
            displayName: "Anna </script>",
            existing: [passkey]
        )
        let json = try options.json()
        #expect(!String(decoding: json, as: UTF8.self).contains("</script>"))
        let document = try publicKey(json) as NSDictionary
        let expected: NSDictionary = [
            "rp": ["id": "example.org", "name": "VoiceAgent"],
            "user": ["id": "AQIDBAUGBwgJCgsMDQ4PEA", "name": "anna@example.org", "displayName": "Anna </script>"],
            "challenge": Base64URL.encode(options.challenge),
            "pubKeyCredParams": [
                ["type": "public-key", "alg": -7], ["type": "public-key", "alg": -8],
                ["type": "public-key", "alg": -257],
            ],
            "timeout": 300_000,
            "excludeCredentials": [["id": "-_8", "type": "public-key", "transports": ["usb", "nfc"]]],
            "authenticatorSelection": [
                "residentKey": "preferred", "requireResidentKey": false, "userVerification": "required",
            ],
            "attestation": "none",
        ]
        #expect(document == expected)
    }

    @Test func theOptionsOfASignInHaveTheStandardsShape() throws {
        let options = webAuthn.assertionOptions(allowed: [passkey])
        let expected: NSDictionary = [
            "challenge": Base64URL.encode(options.challenge),
            "timeout": 300_000,
            "rpId": "example.org",
            "allowCredentials": [["id": "-_8", "type": "public-key", "transports": ["usb", "nfc"]]],
            "userVerification": "required",
        ]
        #expect(try publicKey(try options.json()) as NSDictionary == expected)
    }

    @Test("B5: every challenge is 32 new random bytes")
    func challenges() {
        let challenges = (0..<50).map { _ in webAuthn.assertionOptions(allowed: []).challenge }
        #expect(Set(challenges).count == 50)
        #expect(challenges.allSatisfy { $0.count == 32 })
    }
}
