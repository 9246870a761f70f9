import Crypto
import Foundation
import Testing

@testable import Credentials

@Suite("Registering passkeys (B5)")
struct RegistrationTests {
    typealias Ceremony = SoftwareAuthenticator.Ceremony

    private let webAuthn = WebAuthn(rpID: "example.org", origins: ["https://app.example.org", "https://example.org"])
    private let challenge = Data(0..<32)

    @Test("B5: an honest registration gives the key, whatever its kind and attestation")
    func honest() throws {
        for authenticator in [SoftwareAuthenticator.p256, .ed25519] {
            for attestation in [SoftwareAuthenticator.Attestation.none, .byItself] {
                var ceremony = Ceremony.registration(challenge)
                ceremony.attestation = attestation
                ceremony.signCount = 0x0102_0304
                ceremony.flags = 0x1D
                let passkey = try webAuthn.register(try authenticator.register(ceremony), challenge: challenge)
                #expect(passkey.credentialID == authenticator.credentialID)
                #expect(passkey.algorithm == authenticator.algorithm)
                #expect(passkey.signCount == 0x0102_0304)
                #expect(passkey.aaguid == Data(repeating: 7, count: 16))
                #expect(passkey.transports == ["internal", "hybrid"])
                #expect(passkey.backedUp)
                switch authenticator.key {
                case .p256(let key): #expect(passkey.publicKey == key.publicKey.rawRepresentation)
                case .ed25519(let key): #expect(passkey.publicKey == key.publicKey.rawRepresentation)
                }
            }
        }
    }

    @Test("B5: extensions that nobody asked for do not hinder")
    func extensions() throws {
        typealias CBOR = CBORWriter
        for attestation in [SoftwareAuthenticator.Attestation.none, .byItself] {
            var ceremony = Ceremony.registration(challenge)
            ceremony.attestation = attestation
            ceremony.extensions = CBOR.map([
                (CBOR.text("credBlob"), CBOR.boolean(true)),
                (CBOR.text("credProtect"), CBOR.integer(2)),
                (CBOR.text("hmac-secret"), CBOR.boolean(true)),
                (CBOR.text("minPinLength"), CBOR.integer(4)),
                (CBOR.text("somethingNew"), CBOR.map([(CBOR.text("a"), CBOR.boolean(false))])),
            ])
            let passkey = try webAuthn.register(try SoftwareAuthenticator.p256.register(ceremony), challenge: challenge)
            #expect(!passkey.backedUp)
        }
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let refusal: WebAuthnRefusal
        let tell: @Sendable (inout Ceremony) -> Void

        init(_ name: String, _ refusal: WebAuthnRefusal, _ tell: @escaping @Sendable (inout Ceremony) -> Void) {
            testDescription = name
            self.refusal = refusal
            self.tell = tell
        }
    }

    static let lies = [
        Lie("the other ceremony", .wrongType) { $0.type = "webauthn.get" },
        Lie("another challenge", .wrongChallenge) { $0.challenge = Data(1..<33) },
        Lie("a shorter challenge", .wrongChallenge) { $0.challenge = Data(0..<31) },
        Lie("no challenge", .wrongChallenge) { $0.challenge = Data() },
        Lie("a foreign origin", .wrongOrigin) { $0.origin = "https://app.example.org.evil.net" },
        Lie("the origin without TLS", .wrongOrigin) { $0.origin = "http://app.example.org" },
        Lie("the origin with a port", .wrongOrigin) { $0.origin = "https://app.example.org:8443" },
        Lie("a subdomain that is not listed", .wrongOrigin) { $0.origin = "https://www.example.org" },
        Lie("a foreign frame", .crossOrigin) { $0.crossOrigin = true },
        Lie("a frame's top origin", .crossOrigin) { $0.topOrigin = "https://evil.net" },
        Lie("another relying party", .wrongRelyingParty) { $0.relyingParty = "app.example.org" },
        Lie("nobody present", .userNotPresent) { $0.flags = 0x04 },
        Lie("nobody verified", .userNotVerified) { $0.flags = 0x01 },
        Lie("a copy of what cannot be copied", .malformed) { $0.flags = 0x15 },
        Lie("bytes behind the end", .malformed) { $0.trailing = Data([0]) },
        Lie("a flag for extensions that are none", .malformed) { $0.extensions = Data() },
        Lie("extensions that are no map", .malformed) { $0.extensions = CBORWriter.text("credProtect") },
        Lie("a maker's certificate", .unsupportedAttestation) { $0.attestation = .byMaker },
        Lie("an attestation of another algorithm", .unsupportedAttestation) {
            $0.attestation = .byItself
            $0.statedAlgorithm = -257
        },
    ]

    @Test("B5: each lie is refused for its own reason", arguments: lies)
    func lie(_ lie: Lie) throws {
        for authenticator in [SoftwareAuthenticator.p256, .ed25519] {
            var ceremony = Ceremony.registration(challenge)
            lie.tell(&ceremony)
            let response = try authenticator.register(ceremony)
            #expect(throws: lie.refusal) { try webAuthn.register(response, challenge: challenge) }
        }
    }

    @Test("B5: an attestation by another key is refused")
    func foreignSignature() throws {
        typealias CBOR = CBORWriter
        let authenticator = SoftwareAuthenticator.p256
        let ceremony = Ceremony.registration(challenge)
        let client = authenticator.clientData(ceremony)
        let data = authenticator.authenticatorData(ceremony, attested: true)
        let object = CBOR.map([
            (CBOR.text("fmt"), CBOR.text("packed")),
            (
                CBOR.text("attStmt"),
                CBOR.map([
                    (CBOR.text("alg"), CBOR.integer(-7)),
                    (CBOR.text("sig"), CBOR.bytes(try SoftwareAuthenticator.p256.sign(data, client))),
                ])
            ),
            (CBOR.text("authData"), CBOR.bytes(data)),
        ])
        let response = try authenticator.registration(client, object)
        #expect(throws: WebAuthnRefusal.wrongSignature) { try webAuthn.register(response, challenge: challenge) }
    }

    @Test("B5: the credential in the data must be the one the browser names")
    func otherCredential() throws {
        let authenticator = SoftwareAuthenticator.p256
        let other = SoftwareAuthenticator(authenticator.key)
        let ceremony = Ceremony.registration(challenge)
        let response = try other.registration(
            authenticator.clientData(ceremony),
            try authenticator.attestationObject(ceremony)
        )
        #expect(throws: WebAuthnRefusal.wrongCredential) { try webAuthn.register(response, challenge: challenge) }
    }

    @Test("B5: a point that is not on the curve is no key")
    func badPoint() throws {
        let authenticator = SoftwareAuthenticator.p256
        let ceremony = Ceremony.registration(challenge)
        let object = try authenticator.attestationObject(ceremony)
        var altered = object
        altered[altered.count - 1] ^= 1
        let response = try authenticator.registration(authenticator.clientData(ceremony), altered)
        #expect(throws: WebAuthnRefusal.unsupportedKey) { try webAuthn.register(response, challenge: challenge) }
    }

    @Test("B5: an attestation cut anywhere is refused")
    func truncated() throws {
        let authenticator = SoftwareAuthenticator.p256
        let ceremony = Ceremony.registration(challenge)
        let object = try authenticator.attestationObject(ceremony)
        let client = authenticator.clientData(ceremony)
        for count in 1..<object.count {
            let response = try authenticator.registration(client, object.prefix(count))
            #expect(throws: WebAuthnRefusal.malformed) { try webAuthn.register(response, challenge: challenge) }
        }
        let longer = try authenticator.registration(client, object + [0])
        #expect(throws: WebAuthnRefusal.malformed) { try webAuthn.register(longer, challenge: challenge) }
    }

    @Test("B5: answers that are not the browser's JSON are refused")
    func malformedJSON() throws {
        let authenticator = SoftwareAuthenticator.p256
        let ceremony = Ceremony.registration(challenge)
        let json = String(
            decoding: authenticator.registrationJSON(
                authenticator.clientData(ceremony),
                try authenticator.attestationObject(ceremony)
            ),
            as: UTF8.self
        )
        #expect(throws: Never.self) { try RegistrationResponse(json: Data(json.utf8)) }
        let others = [
            "", "{}", "[]", "null", String(repeating: "[", count: 60_000),
            json.replacing("public-key", with: "password"),
            json.replacing("\"rawId\":\"", with: "\"rawId\":\"A"),
            json.replacing("\"clientDataJSON\":\"", with: "\"clientDataJSON\":\"="),
            json.replacing(
                "\"attestationObject\":\"",
                with: "\"attestationObject\":\"\(String(repeating: "A", count: 40_000))"
            ),
            json.replacing("clientDataJSON", with: "clientData"),
            json + String(repeating: " ", count: 70_000),
        ]
        for other in others {
            #expect(throws: WebAuthnRefusal.malformed) { try RegistrationResponse(json: Data(other.utf8)) }
        }
    }
}
