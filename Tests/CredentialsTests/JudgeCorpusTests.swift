import Foundation
import TestSupport
import Testing

@testable import Credentials

/// The corpus in Tests/Judges/credentials, whose verdicts are those of argon2-cffi, pyotp and fido2.
@Suite("The judges' corpus (B1, B5)")
struct JudgeCorpusTests {
    private static let folder = RepositoryFolder.root.appending(path: "Tests/Judges/credentials")

    private struct Corpus: Decodable {
        let argon2: [HashCase]
        let codes: [CodeCase]
    }

    private struct HashCase: Decodable {
        let phc: String
        let typed: String
        let right: Bool
    }

    private struct CodeCase: Decodable {
        let secret: String
        let seconds: Int64
        let code: String
    }

    /// What this room made once and the judges read.
    private struct Made: Decodable {
        let argon2: [HashCase]
        let qr: [Drawing]
        let otpauth: Account
    }

    private struct Drawing: Decodable {
        let text: String
        let svg: String
    }

    private struct Account: Decodable {
        let secret: String
        let issuer: String
        let account: String
        let url: String
    }

    private func read<Value: Decodable>(_ name: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: try Data(contentsOf: Self.folder.appending(path: name)))
    }

    @Test("B1: argon2-cffi's hashes and verdicts, and our hashes that it judged")
    func hashes() async throws {
        let corpus: Corpus = try read("corpus.json")
        let made: Made = try read("made.json")
        let hasher = PasswordHasher(memoryKiB: 64, slots: 1)
        #expect(corpus.argon2.count > 50 && !made.argon2.isEmpty)
        for example in corpus.argon2 + made.argon2 {
            let hash = try #require(PasswordHash(example.phc))
            let verdict = try await hasher.verify(Password(example.typed), hash)
            #expect((verdict != .wrong) == example.right, "\(example.phc)")
        }
        await hasher.close()
    }

    @Test("B5: pyotp's codes")
    func codes() throws {
        let corpus: Corpus = try read("corpus.json")
        #expect(corpus.codes.count >= 200)
        for example in corpus.codes {
            let code = OneTimeCode(try #require(TOTPSecret(example.secret)))
            let date = Date(timeIntervalSince1970: Double(example.seconds))
            #expect(code.step(matching: example.code, at: date, drift: 0) == example.seconds / 30)
        }
    }

    @Test("B5: fido2's passkeys and verdicts")
    func passkeys() throws {
        let data = try Data(contentsOf: Self.folder.appending(path: "corpus.json"))
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let examples = try #require(document["passkeys"] as? [[String: Any]])
        let webAuthn = WebAuthn(rpID: "example.org", origins: ["https://app.example.org"])
        #expect(examples.count > 50)
        for example in examples {
            let name = try #require(example["name"] as? String)
            let challenge = try #require((example["challenge"] as? String).flatMap(Base64URL.decode))
            func response(_ member: String) throws -> Data {
                try JSONSerialization.data(withJSONObject: try #require(example[member]))
            }
            #expect(
                Self.isAccepted {
                    let response = try RegistrationResponse(json: try response("registration"))
                    _ = try webAuthn.register(response, challenge: challenge)
                } == (example["registers"] as? Bool),
                "\(name)"
            )
            let registration = try RegistrationResponse(json: try response("trueRegistration"))
            let passkey = KnownPasskey(try webAuthn.register(registration, challenge: challenge))
            #expect(
                Self.isAccepted {
                    let response = try AssertionResponse(json: try response("assertion"))
                    _ = try webAuthn.verify(response, challenge: challenge, passkey: passkey)
                } == (example["signsIn"] as? Bool),
                "\(name)"
            )
        }
    }

    @Test("B5: the drawing and the link that ZXing and pyotp read are still ours")
    func drawings() throws {
        let made: Made = try read("made.json")
        #expect(made.qr.count == 3)
        for drawing in made.qr {
            #expect(try QRCode(drawing.text).svg(moduleClass: "qr", title: "QR") == drawing.svg)
        }
        let secret = try #require(TOTPSecret(made.otpauth.secret))
        #expect(secret.url(issuer: made.otpauth.issuer, account: made.otpauth.account) == made.otpauth.url)
    }

    private static func isAccepted(_ ceremony: () throws -> Void) -> Bool {
        do {
            try ceremony()
            return true
        } catch {
            return false
        }
    }
}
