import Crypto
import Foundation

/// What the browser says about the ceremony, before the authenticator signs its hash.
struct ClientData {
    enum Ceremony: String {
        case registration = "webauthn.create"
        case assertion = "webauthn.get"
    }

    /// SHA-256, as the authenticator signed it.
    let hash: Data

    /// Checks type, challenge and origin (WebAuthn Level 3, 7.1 and 7.2).
    init(
        _ json: Data,
        of ceremony: Ceremony,
        challenge: Data,
        origins: Set<String>
    ) throws(WebAuthnRefusal) {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: json)
        } catch {
            throw .malformed
        }
        guard document.type == ceremony.rawValue else { throw .wrongType }
        guard let answered = Base64URL.decode(document.challenge), !challenge.isEmpty,
            SecureBytes.areEqual(answered, challenge)
        else { throw .wrongChallenge }
        guard origins.contains(document.origin) else { throw .wrongOrigin }
        guard document.crossOrigin != true, document.topOrigin == nil else { throw .crossOrigin }
        hash = Data(SHA256.hash(data: json))
    }

    private struct Document: Decodable {
        let type: String
        let challenge: String
        let origin: String
        let crossOrigin: Bool?
        let topOrigin: String?
    }
}
