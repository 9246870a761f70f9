import Crypto
import Foundation

@testable import Credentials

/// An authenticator and a browser, as honest or dishonest as a test asks.
struct SoftwareAuthenticator {
    enum Key {
        case p256(P256.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    enum Attestation {
        case none
        case byItself
        case byMaker
    }

    /// What is said and signed; every member may be a lie.
    struct Ceremony {
        var type: String
        var challenge: Data
        var origin = "https://app.example.org"
        var crossOrigin: Bool? = false
        var topOrigin: String?
        var relyingParty = "example.org"
        /// Present and verified.
        var flags: UInt8 = 0x05
        var signCount: UInt32 = 0
        var attestation = Attestation.none
        var extensions: Data?
        /// Behind the authenticator's data, signed with it.
        var trailing = Data()
        var statedAlgorithm: Int?
    }

    static let person = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))

    let key: Key
    let credentialID: Data

    init(_ key: Key, credentialID: Data = SecureBytes.random(32)) {
        self.key = key
        self.credentialID = credentialID
    }

    static var p256: SoftwareAuthenticator { SoftwareAuthenticator(.p256(P256.Signing.PrivateKey())) }
    static var ed25519: SoftwareAuthenticator { SoftwareAuthenticator(.ed25519(Curve25519.Signing.PrivateKey())) }

    var algorithm: Int {
        switch key {
        case .p256: -7
        case .ed25519: -8
        }
    }

    var coseKey: Data {
        typealias CBOR = CBORWriter
        switch key {
        case .p256(let key):
            let point = key.publicKey.rawRepresentation
            return CBOR.map([
                (CBOR.integer(1), CBOR.integer(2)), (CBOR.integer(3), CBOR.integer(-7)),
                (CBOR.integer(-1), CBOR.integer(1)), (CBOR.integer(-2), CBOR.bytes(point.prefix(32))),
                (CBOR.integer(-3), CBOR.bytes(point.suffix(32))),
            ])
        case .ed25519(let key):
            return CBOR.map([
                (CBOR.integer(1), CBOR.integer(1)), (CBOR.integer(3), CBOR.integer(-8)),
                (CBOR.integer(-1), CBOR.integer(6)), (CBOR.integer(-2), CBOR.bytes(key.publicKey.rawRepresentation)),
            ])
        }
    }

    func clientData(_ ceremony: Ceremony) -> Data {
        var text = "{\"type\":\"\(ceremony.type)\",\"challenge\":\"\(Base64URL.encode(ceremony.challenge))\""
        text += ",\"origin\":\"\(ceremony.origin)\""
        if let crossOrigin = ceremony.crossOrigin { text += ",\"crossOrigin\":\(crossOrigin)" }
        if let topOrigin = ceremony.topOrigin { text += ",\"topOrigin\":\"\(topOrigin)\"" }
        return Data((text + "}").utf8)
    }

    func authenticatorData(_ ceremony: Ceremony, attested: Bool) -> Data {
        var data = Data(SHA256.hash(data: Data(ceremony.relyingParty.utf8)))
        data.append(ceremony.flags | (attested ? 0x40 : 0) | (ceremony.extensions == nil ? 0 : 0x80))
        data += withUnsafeBytes(of: ceremony.signCount.bigEndian) { Data($0) }
        if attested {
            data += Data(repeating: 7, count: 16)
            data += [UInt8(credentialID.count >> 8), UInt8(credentialID.count & 0xFF)] + credentialID + coseKey
        }
        return data + (ceremony.extensions ?? Data()) + ceremony.trailing
    }

    func sign(_ authenticatorData: Data, _ clientData: Data) throws -> Data {
        let message = authenticatorData + Data(SHA256.hash(data: clientData))
        switch key {
        case .p256(let key): return try key.signature(for: message).derRepresentation
        case .ed25519(let key): return try key.signature(for: message)
        }
    }

    func attestationObject(_ ceremony: Ceremony) throws -> Data {
        typealias CBOR = CBORWriter
        let data = authenticatorData(ceremony, attested: true)
        var statement: [(Data, Data)] = []
        if ceremony.attestation != .none {
            let signature = try sign(data, clientData(ceremony))
            statement.append((CBOR.text("alg"), CBOR.integer(ceremony.statedAlgorithm ?? algorithm)))
            statement.append((CBOR.text("sig"), CBOR.bytes(signature)))
        }
        if ceremony.attestation == .byMaker {
            statement.append((CBOR.text("x5c"), CBOR.array([CBOR.bytes(Data([1, 2, 3]))])))
        }
        return CBOR.map([
            (CBOR.text("fmt"), CBOR.text(ceremony.attestation == .none ? "none" : "packed")),
            (CBOR.text("attStmt"), CBOR.map(statement)),
            (CBOR.text("authData"), CBOR.bytes(data)),
        ])
    }

    func register(_ ceremony: Ceremony) throws -> RegistrationResponse {
        try registration(clientData(ceremony), try attestationObject(ceremony))
    }

    func assert(_ ceremony: Ceremony) throws -> AssertionResponse {
        let client = clientData(ceremony)
        let data = authenticatorData(ceremony, attested: false)
        return try assertion(client, data, try sign(data, client))
    }

    func registration(_ clientData: Data, _ attestationObject: Data) throws -> RegistrationResponse {
        try RegistrationResponse(json: registrationJSON(clientData, attestationObject))
    }

    func registrationJSON(_ clientData: Data, _ attestationObject: Data) -> Data {
        let id = Base64URL.encode(credentialID)
        return Data(
            """
            {"id":"\(id)","rawId":"\(id)","type":"public-key","authenticatorAttachment":"platform",
            "clientExtensionResults":{"credProps":{"rk":true}},"response":{
            "clientDataJSON":"\(Base64URL.encode(clientData))","authenticatorData":"AA","publicKeyAlgorithm":-7,
            "attestationObject":"\(Base64URL.encode(attestationObject))","transports":["internal","hybrid","<b>"]}}
            """.utf8
        )
    }

    func assertion(_ clientData: Data, _ data: Data, _ signature: Data) throws -> AssertionResponse {
        try AssertionResponse(json: assertionJSON(clientData, data, signature))
    }

    func assertionJSON(_ clientData: Data, _ data: Data, _ signature: Data) -> Data {
        let id = Base64URL.encode(credentialID)
        let handle = Base64URL.encode(withUnsafeBytes(of: Self.person.uuid) { Data($0) })
        return Data(
            """
            {"id":"\(id)","rawId":"\(id)","type":"public-key","clientExtensionResults":{},"response":{
            "clientDataJSON":"\(Base64URL.encode(clientData))","authenticatorData":"\(Base64URL.encode(data))",
            "signature":"\(Base64URL.encode(signature))","userHandle":"\(handle)"}}
            """.utf8
        )
    }
}

extension SoftwareAuthenticator.Ceremony {
    static func registration(_ challenge: Data) -> Self { Self(type: "webauthn.create", challenge: challenge) }
    static func assertion(_ challenge: Data) -> Self { Self(type: "webauthn.get", challenge: challenge) }
}
