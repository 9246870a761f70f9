import Foundation

/// What a registration brings: the authenticator's data and who vouches for it (WebAuthn Level 3, 6.5.4).
struct AttestationObject {
    enum Statement: Equatable {
        case none
        /// `packed`, signed by the new key itself.
        case byItself(algorithm: Int, signature: Data)
    }

    let statement: Statement
    let authenticatorData: AuthenticatorData

    init(_ data: Data) throws(WebAuthnRefusal) {
        var reader = CBORReader([UInt8](data))
        let object: CBOR
        do throws(CBORReader.Malformed) {
            object = try reader.item()
        } catch {
            throw .malformed
        }
        guard reader.isAtEnd, case .map(let members) = object, members.count == 3,
            case .text(let format) = object[.text("fmt")],
            let statement = object[.text("attStmt")], case .map(let parts) = statement,
            case .bytes(let bytes) = object[.text("authData")]
        else { throw .malformed }
        authenticatorData = try AuthenticatorData(bytes)
        switch (format, parts.count) {
        case ("none", 0):
            self.statement = .none
        case ("none", _):
            throw .malformed
        case ("packed", 2):
            guard case .integer(let algorithm) = statement[.text("alg")],
                case .bytes(let signature) = statement[.text("sig")], 1...1_024 ~= signature.count
            else { throw .malformed }
            self.statement = .byItself(algorithm: Int(algorithm), signature: signature)
        default:
            throw .unsupportedAttestation
        }
    }
}
