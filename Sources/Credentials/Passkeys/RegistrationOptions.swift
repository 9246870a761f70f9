package import Foundation

/// What the browser is asked to register.
package struct RegistrationOptions: Sendable {
    /// 32 random bytes; the caller keeps them with the session and accepts them once.
    package let challenge: Data
    private let document: Document

    init(
        relyingParty: (id: String, name: String),
        person: UUID,
        name: String,
        displayName: String,
        existing: [PasskeyDescriptor],
        timeout: Int
    ) {
        challenge = SecureBytes.random(32)
        document = Document(
            publicKey: Document.PublicKey(
                rp: Document.RelyingParty(id: relyingParty.id, name: relyingParty.name),
                user: Document.User(
                    id: Base64URL.encode(withUnsafeBytes(of: person.uuid) { Data($0) }),
                    name: name,
                    displayName: displayName
                ),
                challenge: Base64URL.encode(challenge),
                pubKeyCredParams: COSEAlgorithm.allCases.map { Document.Parameter(alg: $0.rawValue) },
                timeout: timeout,
                excludeCredentials: existing.map(CredentialDocument.init),
                authenticatorSelection: Document.Selection()
            )
        )
    }

    /// `{"publicKey": …}`: its member goes to `PublicKeyCredential.parseCreationOptionsFromJSON` (WebAuthn Level 3).
    package func json() throws -> Data { try CredentialDocument.encoder.encode(document) }

    private struct Document: Encodable {
        let publicKey: PublicKey

        struct PublicKey: Encodable {
            let rp: RelyingParty
            let user: User
            let challenge: String
            let pubKeyCredParams: [Parameter]
            let timeout: Int
            let excludeCredentials: [CredentialDocument]
            let authenticatorSelection: Selection
            let attestation = "none"
        }

        struct RelyingParty: Encodable {
            let id: String
            let name: String
        }

        struct User: Encodable {
            let id: String
            let name: String
            let displayName: String
        }

        struct Parameter: Encodable {
            let type = "public-key"
            let alg: Int
        }

        struct Selection: Encodable {
            let residentKey = "preferred"
            let requireResidentKey = false
            let userVerification = "required"
        }
    }
}
