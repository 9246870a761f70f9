import Crypto
import Foundation
package import Kernel

/// Seals the secrets that are kept in the database: AES-256-GCM under a random data key, which is wrapped by the ring's
/// newest key (requirement F1).
///
/// Each value has a data key of its own. Value and data key are both bound to version, owner, purpose, table, row and
/// column, so that neither opens anywhere else.
package struct Envelope: Sendable {
    package enum Failure: String, Error, Sendable {
        /// The ring has no key of the value's version.
        case unknownVersion = "secret_unknown_key_version"
        /// The value was altered, belongs elsewhere, or is none.
        case refused = "secret_refused"
    }

    private let ring: KeyRing

    package init(ring: KeyRing) {
        self.ring = ring
    }

    package func seal(_ secret: Secret, for place: SealedPlace) throws(Failure) -> SealedValue {
        let version = ring.newestVersion
        guard let wrappingKey = ring.key(version: version) else { throw .unknownVersion }
        let dataKey = SymmetricKey(size: .bits256)
        do {
            let wrapped = try AES.GCM.seal(
                dataKey.withUnsafeBytes { Data($0) },
                using: wrappingKey,
                nonce: AES.GCM.Nonce(),
                authenticating: Self.binding(.key, version, place)
            )
            let value = try AES.GCM.seal(
                Data(secret.reveal().utf8),
                using: dataKey,
                nonce: AES.GCM.Nonce(),
                authenticating: Self.binding(.value, version, place)
            )
            return SealedValue(
                keyVersion: version,
                nonce: Data(value.nonce),
                ciphertext: Data(wrapped.nonce) + wrapped.ciphertext + wrapped.tag + value.ciphertext + value.tag
            )
        } catch {
            throw .refused
        }
    }

    package func open(_ sealed: SealedValue, for place: SealedPlace) throws(Failure) -> Secret {
        guard let wrappingKey = ring.key(version: sealed.keyVersion) else { throw .unknownVersion }
        let wrapped = sealed.ciphertext.prefix(Self.wrappedKeyBytes)
        let value = sealed.ciphertext.dropFirst(Self.wrappedKeyBytes)
        guard wrapped.count == Self.wrappedKeyBytes, sealed.nonce.count == Self.nonceBytes else { throw .refused }
        do {
            let dataKey = try AES.GCM.open(
                try AES.GCM.SealedBox(combined: wrapped),
                using: wrappingKey,
                authenticating: Self.binding(.key, sealed.keyVersion, place)
            )
            let bytes = try AES.GCM.open(
                try AES.GCM.SealedBox(combined: sealed.nonce + value),
                using: SymmetricKey(data: dataKey),
                authenticating: Self.binding(.value, sealed.keyVersion, place)
            )
            return Secret(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .refused
        }
    }

    /// Whether the value should be opened and sealed again, because a newer key exists.
    package func isOutdated(_ sealed: SealedValue) -> Bool { sealed.keyVersion < ring.newestVersion }

    private enum Part: String {
        case key
        case value
    }

    private static func binding(_ part: Part, _ version: Int, _ place: SealedPlace) -> Data {
        let key = CanonicalKey(
            place.owner,
            part.rawValue,
            String(version),
            place.purpose,
            place.table,
            place.row,
            place.column
        )
        return Data(key.value.utf8)
    }

    private static let nonceBytes = 12
    private static let wrappedKeyBytes = nonceBytes + 32 + 16
}
