package import Foundation

/// The browser's answer to `AssertionOptions`: the JSON of `PublicKeyCredential.toJSON()`.
package struct AssertionResponse: Sendable {
    /// Which passkey answered: what the caller looks up.
    package let credentialID: Data
    /// Whose it is, as the authenticator remembers; absent for passkeys that are not discoverable.
    package let person: UUID?
    let clientData: Data
    let authenticatorData: Data
    let signature: Data

    private static let maximumAuthenticatorData = 4 << 10
    private static let maximumSignature = 1 << 10

    /// - Throws: `.malformed`.
    package init(json: Data) throws(WebAuthnRefusal) {
        let document: ResponseDocument<Answer> = try ResponseDocument.read(json)
        let answer = document.response
        credentialID = try document.credentialID()
        clientData = try answer.clientDataJSON.bytes(upTo: ResponseDocument<Answer>.maximumClientData)
        authenticatorData = try answer.authenticatorData.bytes(upTo: Self.maximumAuthenticatorData)
        signature = try answer.signature.bytes(upTo: Self.maximumSignature)
        if let handle = answer.userHandle {
            person = try Self.person(handle.bytes(upTo: 64))
        } else {
            person = nil
        }
    }

    private struct Answer: Decodable {
        let clientDataJSON: Base64URLText
        let authenticatorData: Base64URLText
        let signature: Base64URLText
        let userHandle: Base64URLText?
    }

    private static func person(_ bytes: Data) throws(WebAuthnRefusal) -> UUID {
        guard bytes.count == 16 else { throw .malformed }
        var uuid = UUID().uuid
        withUnsafeMutableBytes(of: &uuid) { $0.copyBytes(from: bytes) }
        return UUID(uuid: uuid)
    }
}
