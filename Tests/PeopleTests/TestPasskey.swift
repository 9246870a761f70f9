import Crypto
import Foundation
import Kernel

@testable import Credentials

/// An honest authenticator and browser, for one passkey.
struct TestPasskey {
    private let key = P256.Signing.PrivateKey()
    let credentialID = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })

    /// The answer to registration options.
    func registration(_ options: Data) throws -> Data {
        let client = try clientData("webauthn.create", options)
        let point = key.publicKey.rawRepresentation
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        let cose =
            Data([0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]) + point.prefix(32)
            + Data([0x22, 0x58, 0x20]) + point.suffix(32)
        let attested = Data(count: 16) + Data([0, UInt8(credentialID.count)]) + credentialID + cose
        let data = authenticatorData(flags: 0x45, count: 0) + attested
        let object =
            Data([0xA3]) + text("fmt") + text("none") + text("attStmt") + Data([0xA0]) + text("authData")
            + Data([0x58, UInt8(data.count)]) + data
        return try answer([
            "clientDataJSON": Base64URL.encode(client), "attestationObject": Base64URL.encode(object),
        ])
    }

    /// The answer to assertion options.
    func assertion(_ options: Data, of person: PersonID, count: UInt32 = 0) throws -> Data {
        let client = try clientData("webauthn.get", options)
        let data = authenticatorData(flags: 0x05, count: count)
        let signature = try key.signature(for: data + Data(SHA256.hash(data: client)))
        return try answer([
            "clientDataJSON": Base64URL.encode(client), "authenticatorData": Base64URL.encode(data),
            "signature": Base64URL.encode(signature.derRepresentation),
            "userHandle": Base64URL.encode(withUnsafeBytes(of: person.uuid.uuid) { Data($0) }),
        ])
    }

    private func text(_ text: String) -> Data { Data([0x60 | UInt8(text.utf8.count)]) + Data(text.utf8) }

    private func authenticatorData(flags: UInt8, count: UInt32) -> Data {
        Data(SHA256.hash(data: Data("example.org".utf8))) + Data([flags])
            + withUnsafeBytes(of: count.bigEndian) { Data($0) }
    }

    private func clientData(_ type: String, _ options: Data) throws -> Data {
        let challenge = try JSONDecoder().decode(Options.self, from: options).publicKey.challenge
        return Data(
            """
            {"type":"\(type)","challenge":"\(challenge)","origin":"https://app.example.org","crossOrigin":false}
            """.utf8
        )
    }

    private func answer(_ response: [String: String]) throws -> Data {
        let id = Base64URL.encode(credentialID)
        return try JSONEncoder().encode(
            Answer(id: id, rawId: id, type: "public-key", clientExtensionResults: [:], response: response)
        )
    }

    private struct Options: Decodable {
        let publicKey: PublicKey

        struct PublicKey: Decodable {
            let challenge: String
        }
    }

    private struct Answer: Encodable {
        let id: String
        let rawId: String
        let type: String
        let clientExtensionResults: [String: String]
        let response: [String: String]
    }
}
