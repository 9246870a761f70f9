import Foundation
import Testing

@testable import Credentials

@Suite("Hostile passkeys (B5)")
struct FuzzTests {
    private let webAuthn = WebAuthn(rpID: "example.org", origins: ["https://app.example.org"])
    private let challenge = Data(0..<32)

    @Test("B5: 10,000 altered registrations, signed by their key, are refused without a crash")
    func registrations() throws {
        var mutator = Mutator(seed: 1)
        for authenticator in [SoftwareAuthenticator.p256, .ed25519] {
            var ceremony = SoftwareAuthenticator.Ceremony.registration(challenge)
            ceremony.attestation = .byItself
            ceremony.extensions = CBORWriter.map([(CBORWriter.text("credProtect"), CBORWriter.integer(2))])
            let parts = [authenticator.clientData(ceremony), try authenticator.attestationObject(ceremony)]
            let honest = try authenticator.registration(parts[0], parts[1])
            #expect(throws: Never.self) { try webAuthn.register(honest, challenge: challenge) }
            for _ in 0..<5_000 {
                let altered = mutator.mutate(oneOf: parts)
                #expect(throws: WebAuthnRefusal.self) {
                    let response = try authenticator.registration(altered[0], altered[1])
                    _ = try webAuthn.register(response, challenge: challenge)
                }
            }
        }
    }

    @Test("B5: 10,000 altered answers are refused without a crash")
    func assertions() throws {
        var mutator = Mutator(seed: 2)
        for authenticator in [SoftwareAuthenticator.p256, .ed25519] {
            let registration = try authenticator.register(.registration(challenge))
            let passkey = KnownPasskey(try webAuthn.register(registration, challenge: challenge))
            let ceremony = SoftwareAuthenticator.Ceremony.assertion(challenge)
            let client = authenticator.clientData(ceremony)
            let data = authenticator.authenticatorData(ceremony, attested: false)
            let parts = [client, data, try authenticator.sign(data, client)]
            let honest = try authenticator.assertion(parts[0], parts[1], parts[2])
            #expect(throws: Never.self) { try webAuthn.verify(honest, challenge: challenge, passkey: passkey) }
            for _ in 0..<5_000 {
                let altered = mutator.mutate(oneOf: parts)
                #expect(throws: WebAuthnRefusal.self) {
                    let response = try authenticator.assertion(altered[0], altered[1], altered[2])
                    _ = try webAuthn.verify(response, challenge: challenge, passkey: passkey)
                }
            }
        }
    }

    @Test("B5: 5,000 altered texts and unsigned registrations cause no crash")
    func texts() throws {
        var mutator = Mutator(seed: 3)
        let authenticator = SoftwareAuthenticator.p256
        let ceremony = SoftwareAuthenticator.Ceremony.registration(challenge)
        let object = try authenticator.attestationObject(ceremony)
        let client = authenticator.clientData(ceremony)
        var accepted = 0
        for round in 0..<5_000 {
            let json =
                round % 2 == 0
                ? mutator.mutate(oneOf: [authenticator.registrationJSON(client, object)])[0]
                : authenticator.registrationJSON(client, mutator.mutate(oneOf: [object])[0])
            do throws(WebAuthnRefusal) {
                let passkey = try webAuthn.register(try RegistrationResponse(json: json), challenge: challenge)
                // Without a signature a changed model, counter or hint is a registration like any other.
                accepted += 1
                #expect(passkey.credentialID == authenticator.credentialID)
            } catch {
                continue
            }
        }
        #expect(accepted < 2_500)
    }
}
