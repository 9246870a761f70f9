import Foundation

/// What `PublicKeyCredential.toJSON()` has in common for both ceremonies.
struct ResponseDocument<Answer: Decodable>: Decodable {
    static var maximumClientData: Int { 8 << 10 }
    private static var maximumBytes: Int { 64 << 10 }
    /// WebAuthn Level 3, 5.8.3.
    private static var maximumCredentialID: Int { 1_023 }

    let id: Base64URLText
    let rawId: Base64URLText
    let type: String
    let response: Answer

    static func read(_ json: Data) throws(WebAuthnRefusal) -> Self {
        guard json.count <= maximumBytes else { throw .malformed }
        do {
            return try JSONDecoder().decode(Self.self, from: json)
        } catch {
            throw .malformed
        }
    }

    func credentialID() throws(WebAuthnRefusal) -> Data {
        guard type == "public-key", id.text == rawId.text else { throw .malformed }
        return try rawId.bytes(upTo: Self.maximumCredentialID)
    }
}

/// Bytes in a document, not yet examined.
struct Base64URLText: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    /// From one byte to `maximum`.
    func bytes(upTo maximum: Int) throws(WebAuthnRefusal) -> Data {
        guard text.utf8.count <= maximum * 4 / 3 + 4, let bytes = Base64URL.decode(text),
            1...maximum ~= bytes.count
        else { throw .malformed }
        return bytes
    }
}
