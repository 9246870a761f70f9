import Crypto
import Foundation

/// An honest browser with an authenticator for one passkey.
package struct SoftwarePasskey: Sendable {
    private let key = P256.Signing.PrivateKey()
    private let id = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
    private let host: String
    private let origin: String

    /// - Parameters:
    ///   - host: what the passkey is for.
    ///   - origin: of the pages that ask.
    package init(host: String = "voiceagent.example", origin: String = "https://voiceagent.example") {
        self.host = host
        self.origin = origin
    }

    /// The field `antwort` after registration options.
    package func registration(_ options: String) throws -> String {
        let client = try clientData("webauthn.create", options)
        let point = key.publicKey.rawRepresentation
        // At the end COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        var data = authenticatorData(flags: 0x45)
        data += Data(count: 16)
        data += Data([0, UInt8(id.count)])
        data += id
        data += Data([0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20])
        data += point.prefix(32)
        data += Data([0x22, 0x58, 0x20])
        data += point.suffix(32)
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}
        var object = Data([0xA3])
        for part in [word("fmt"), word("none"), word("attStmt"), Data([0xA0]), word("authData")] { object += part }
        object += Data([0x58, UInt8(data.count)])
        object += data
        return try answer(["clientDataJSON": Self.text(client), "attestationObject": Self.text(object)])
    }

    /// The field `antwort` after options that ask for a passkey.
    package func assertion(_ options: String) throws -> String {
        let client = try clientData("webauthn.get", options)
        let data = authenticatorData(flags: 0x05)
        let signature = try key.signature(for: data + Data(SHA256.hash(data: client))).derRepresentation
        return try answer([
            "clientDataJSON": Self.text(client), "authenticatorData": Self.text(data),
            "signature": Self.text(signature),
        ])
    }

    private func authenticatorData(flags: UInt8) -> Data {
        Data(SHA256.hash(data: Data(host.utf8))) + Data([flags, 0, 0, 0, 0])
    }

    private func clientData(_ type: String, _ options: String) throws -> Data {
        let challenge = try JSONDecoder().decode(Options.self, from: Data(options.utf8)).publicKey.challenge
        let text =
            #"{"type":"\#(type)","challenge":"\#(challenge)","origin":"\#(origin)","crossOrigin":false}"#
        return Data(text.utf8)
    }

    private func answer(_ response: [String: String]) throws -> String {
        let answer = Answer(id: Self.text(id), rawId: Self.text(id), type: "public-key", response: response)
        return String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
    }

    private func word(_ text: String) -> Data { Data([0x60 | UInt8(text.utf8.count)]) + Data(text.utf8) }

    private static func text(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
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
        let response: [String: String]
    }
}
