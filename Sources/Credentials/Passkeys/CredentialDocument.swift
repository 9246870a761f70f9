import Foundation

/// A passkey in the options for the browser: `PublicKeyCredentialDescriptorJSON`.
struct CredentialDocument: Encodable {
    let id: String
    let type = "public-key"
    let transports: [String]

    init(_ passkey: PasskeyDescriptor) {
        id = Base64URL.encode(passkey.credentialID)
        transports = passkey.transports
    }

    /// Slashes are escaped, so that the text may stand in a `script` element.
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return encoder
    }
}
