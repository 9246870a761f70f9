import Crypto
import Foundation
import Testing

@testable import Credentials

@Suite("Signing in with passkeys (B5)")
struct AssertionTests {
    typealias Ceremony = SoftwareAuthenticator.Ceremony

    private let webAuthn = WebAuthn(rpID: "example.org", origins: ["https://app.example.org"])
    private let challenge = Data(0..<32)

    private func registered(_ authenticator: SoftwareAuthenticator, signCount: UInt32 = 0) throws -> KnownPasskey {
        let response = try authenticator.register(.registration(challenge))
        let passkey = KnownPasskey(try webAuthn.register(response, challenge: challenge))
        return KnownPasskey(
            credentialID: passkey.credentialID,
            publicKey: passkey.publicKey,
            algorithm: passkey.algorithm,
            signCount: signCount
        )
    }

    @Test("B5: an honest answer is accepted and gives the counter")
    func honest() throws {
        for authenticator in [SoftwareAuthenticator.p256, .ed25519] {
            let passkey = try registered(authenticator)
            var ceremony = Ceremony.assertion(challenge)
            let first = try authenticator.assert(ceremony)
            #expect(first.credentialID == authenticator.credentialID)
            #expect(first.person == SoftwareAuthenticator.person)
            #expect(try webAuthn.verify(first, challenge: challenge, passkey: passkey) == 0)
            ceremony.signCount = .max
            let second = try authenticator.assert(ceremony)
            #expect(try webAuthn.verify(second, challenge: challenge, passkey: passkey) == .max)
        }
    }

    @Test("B5: the counter must grow, unless the authenticator does not count")
    func counter() throws {
        let authenticator = SoftwareAuthenticator.p256
        let passkey = try registered(authenticator, signCount: 7)
        for (count, isAccepted) in [(8, true), (1_000_000, true), (7, false), (6, false), (0, false)]
            as [(UInt32, Bool)]
        {
            var ceremony = Ceremony.assertion(challenge)
            ceremony.signCount = count
            let response = try authenticator.assert(ceremony)
            if isAccepted {
                #expect(try webAuthn.verify(response, challenge: challenge, passkey: passkey) == count)
            } else {
                #expect(throws: WebAuthnRefusal.counterRegressed) {
                    try webAuthn.verify(response, challenge: challenge, passkey: passkey)
                }
            }
        }
    }

    static let lies = [
        RegistrationTests.Lie("the other ceremony", .wrongType) { $0.type = "webauthn.create" },
        RegistrationTests.Lie("another challenge", .wrongChallenge) { $0.challenge = Data(1..<33) },
        RegistrationTests.Lie("a foreign origin", .wrongOrigin) { $0.origin = "https://evil.net" },
        RegistrationTests.Lie("a foreign frame", .crossOrigin) { $0.crossOrigin = true },
        RegistrationTests.Lie("another relying party", .wrongRelyingParty) { $0.relyingParty = "evil.net" },
        RegistrationTests.Lie("nobody present", .userNotPresent) { $0.flags = 0x04 },
        RegistrationTests.Lie("nobody verified", .userNotVerified) { $0.flags = 0x01 },
        RegistrationTests.Lie("a flag for an attested key", .malformed) { $0.flags = 0x45 },
        RegistrationTests.Lie("bytes behind the end", .malformed) { $0.trailing = Data([0xA0]) },
    ]

    @Test("B5: each lie is refused for its own reason", arguments: lies)
    func lie(_ lie: RegistrationTests.Lie) throws {
        for authenticator in [SoftwareAuthenticator.p256, .ed25519] {
            let passkey = try registered(authenticator)
            var ceremony = Ceremony.assertion(challenge)
            lie.tell(&ceremony)
            let response = try authenticator.assert(ceremony)
            #expect(throws: lie.refusal) { try webAuthn.verify(response, challenge: challenge, passkey: passkey) }
        }
    }

    @Test("B5: an altered signature, another key and another credential are refused")
    func signatures() throws {
        for authenticator in [SoftwareAuthenticator.p256, .ed25519] {
            let passkey = try registered(authenticator)
            let ceremony = Ceremony.assertion(challenge)
            let client = authenticator.clientData(ceremony)
            let data = authenticator.authenticatorData(ceremony, attested: false)
            let signature = try authenticator.sign(data, client)
            for place in [0, signature.count / 2, signature.count - 1] {
                var altered = signature
                altered[place] ^= 1
                let response = try authenticator.assertion(client, data, altered)
                #expect(throws: WebAuthnRefusal.wrongSignature) {
                    try webAuthn.verify(response, challenge: challenge, passkey: passkey)
                }
            }
            let other = SoftwareAuthenticator(SoftwareAuthenticator.p256.key, credentialID: authenticator.credentialID)
            let foreign = try other.assert(ceremony)
            #expect(throws: WebAuthnRefusal.wrongSignature) {
                try webAuthn.verify(foreign, challenge: challenge, passkey: passkey)
            }
            let stranger = try SoftwareAuthenticator(authenticator.key).assert(ceremony)
            #expect(throws: WebAuthnRefusal.wrongCredential) {
                try webAuthn.verify(stranger, challenge: challenge, passkey: passkey)
            }
        }
    }

    @Test("B5: a stored key that is none is refused")
    func badKeys() throws {
        let authenticator = SoftwareAuthenticator.p256
        let passkey = try registered(authenticator)
        let response = try authenticator.assert(.assertion(challenge))
        let keys: [(Data, Int)] = [
            (Data(), -7), (passkey.publicKey.dropLast(), -7), (passkey.publicKey + [0], -7),
            (Data(repeating: 1, count: 64), -7), (passkey.publicKey, -8), (passkey.publicKey, -257),
            (passkey.publicKey, -35), (passkey.publicKey, 0),
        ]
        for (key, algorithm) in keys {
            let known = KnownPasskey(
                credentialID: passkey.credentialID,
                publicKey: key,
                algorithm: algorithm,
                signCount: 0
            )
            #expect(throws: WebAuthnRefusal.unsupportedKey) {
                try webAuthn.verify(response, challenge: challenge, passkey: known)
            }
        }
    }

    @Test("B5: an RSA key made and used by an independent program is accepted")
    func rsa() throws {
        let registration = try RegistrationResponse(json: RSAFixture.registration)
        let passkey = try webAuthn.register(registration, challenge: challenge)
        #expect(passkey.algorithm == -257)
        #expect(passkey.publicKey.count == 259)
        let assertion = try AssertionResponse(json: RSAFixture.assertion)
        #expect(assertion.person == nil)
        #expect(try webAuthn.verify(assertion, challenge: challenge, passkey: KnownPasskey(passkey)) == 7)
        let altered = try AssertionResponse(json: RSAFixture.alteredAssertion)
        #expect(throws: WebAuthnRefusal.wrongSignature) {
            try webAuthn.verify(altered, challenge: challenge, passkey: KnownPasskey(passkey))
        }
    }

    @Test("B5: a user handle that is no person's is refused")
    func strangeHandle() throws {
        let text = String(decoding: RSAFixture.assertion, as: UTF8.self)
        for handle in ["AA", "", String(repeating: "A", count: 86), "!"] {
            let json = text.replacing("\"signature\":", with: "\"userHandle\":\"\(handle)\",\"signature\":")
            #expect(throws: WebAuthnRefusal.malformed) { try AssertionResponse(json: Data(json.utf8)) }
        }
        let json = text.replacing("\"signature\":", with: "\"userHandle\":null,\"signature\":")
        #expect(try AssertionResponse(json: Data(json.utf8)).person == nil)
    }
}
