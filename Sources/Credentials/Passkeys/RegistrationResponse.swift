package import Foundation

/// The browser's answer to `RegistrationOptions`: the JSON of `PublicKeyCredential.toJSON()`.
package struct RegistrationResponse: Sendable {
    package let credentialID: Data
    let clientData: Data
    let attestationObject: Data
    let transports: [String]

    private static let maximumAttestation = 16 << 10
    private static let maximumTransports = 8

    /// - Throws: `.malformed`.
    package init(json: Data) throws(WebAuthnRefusal) {
        let document: ResponseDocument<Answer> = try ResponseDocument.read(json)
        credentialID = try document.credentialID()
        clientData = try document.response.clientDataJSON.bytes(upTo: ResponseDocument<Answer>.maximumClientData)
        attestationObject = try document.response.attestationObject.bytes(upTo: Self.maximumAttestation)
        transports = Array((document.response.transports ?? []).filter(Self.isWord).prefix(Self.maximumTransports))
    }

    private struct Answer: Decodable {
        let clientDataJSON: Base64URLText
        let attestationObject: Base64URLText
        let transports: [String]?
    }

    private static func isWord(_ text: String) -> Bool {
        1...32 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
