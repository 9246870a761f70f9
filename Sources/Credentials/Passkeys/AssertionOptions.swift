package import Foundation

/// What the browser is asked to sign with a registered passkey.
package struct AssertionOptions: Sendable {
    /// 32 random bytes; the caller keeps them with the session and accepts them once.
    package let challenge: Data
    private let document: Document

    init(relyingParty: String, allowed: [PasskeyDescriptor], timeout: Int) {
        challenge = SecureBytes.random(32)
        document = Document(
            publicKey: Document.PublicKey(
                challenge: Base64URL.encode(challenge),
                timeout: timeout,
                rpId: relyingParty,
                allowCredentials: allowed.map(CredentialDocument.init)
            )
        )
    }

    /// `{"publicKey": …}`: its member goes to `PublicKeyCredential.parseRequestOptionsFromJSON` (WebAuthn Level 3).
    package func json() throws -> Data { try CredentialDocument.encoder.encode(document) }

    private struct Document: Encodable {
        let publicKey: PublicKey

        struct PublicKey: Encodable {
            let challenge: String
            let timeout: Int
            let rpId: String
            let allowCredentials: [CredentialDocument]
            let userVerification = "required"
        }
    }
}
