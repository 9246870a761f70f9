import Crypto
import Foundation

/// What the authenticator signs besides the client data's hash (WebAuthn Level 3, 6.1).
///
/// libfido2 reads the same bytes; it does not refuse bytes behind the end, so the whole is measured here first.
struct AuthenticatorData {
    struct Attested {
        let aaguid: Data
        let credentialID: Data
        /// A map of COSE numbers.
        let key: CBOR
    }

    let bytes: Data
    let signCount: UInt32
    let attested: Attested?
    let extensions: CBOR?
    private let relyingPartyHash: Data
    private let flags: UInt8

    init(_ data: Data) throws(WebAuthnRefusal) {
        let bytes = [UInt8](data)
        guard bytes.count >= 37 else { throw .malformed }
        self.bytes = data
        relyingPartyHash = Data(bytes[0..<32])
        flags = bytes[32]
        signCount = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        var reader = CBORReader(bytes, from: 37)
        do throws(CBORReader.Malformed) {
            if flags & Flag.attested != 0 {
                attested = try Self.attested(bytes, &reader)
            } else {
                attested = nil
            }
            extensions = flags & Flag.extensions == 0 ? nil : try Self.map(&reader)
        } catch {
            throw .malformed
        }
        guard reader.isAtEnd else { throw .malformed }
        // A passkey that may not be copied cannot have been.
        guard flags & Flag.backupEligible != 0 || flags & Flag.backedUp == 0 else { throw .malformed }
    }

    var isBackedUp: Bool { flags & Flag.backedUp != 0 }

    /// Checks for whom it was made, and that a person was there and proved who they are.
    func check(relyingParty: String) throws(WebAuthnRefusal) {
        let expected = SHA256.hash(data: Data(relyingParty.utf8))
        guard SecureBytes.areEqual(relyingPartyHash, Data(expected)) else { throw .wrongRelyingParty }
        guard flags & Flag.userPresent != 0 else { throw .userNotPresent }
        guard flags & Flag.userVerified != 0 else { throw .userNotVerified }
    }

    private static func attested(
        _ bytes: [UInt8],
        _ reader: inout CBORReader
    ) throws(CBORReader.Malformed) -> Attested {
        guard bytes.count >= 55 else { throw CBORReader.Malformed() }
        let length = Int(bytes[53]) << 8 | Int(bytes[54])
        guard 1...1_023 ~= length, bytes.count > 55 + length else { throw CBORReader.Malformed() }
        reader = CBORReader(bytes, from: 55 + length)
        return Attested(
            aaguid: Data(bytes[37..<53]),
            credentialID: Data(bytes[55..<55 + length]),
            key: try map(&reader)
        )
    }

    private static func map(_ reader: inout CBORReader) throws(CBORReader.Malformed) -> CBOR {
        let item = try reader.item()
        guard case .map = item else { throw CBORReader.Malformed() }
        return item
    }

    private enum Flag {
        static let userPresent: UInt8 = 0x01
        static let userVerified: UInt8 = 0x04
        static let backupEligible: UInt8 = 0x08
        static let backedUp: UInt8 = 0x10
        static let attested: UInt8 = 0x40
        static let extensions: UInt8 = 0x80
    }
}
