import Crypto
package import Foundation
package import Kernel
import Synchronization

/// The keys of the tenants, each of its own: what was sealed under one is gone with it, in every backup of the database
/// too (requirement K9).
///
/// They are kept in a folder outside the database, wrapped by the ring. A process reads a key when it first needs it and
/// again once a minute, so that a key that was destroyed is unknown everywhere a minute later.
package final class TenantKeys: Sendable {
    package enum Failure: String, Error, Sendable {
        /// The tenant has no key: it was never made, or the folder is not the right one.
        case missing = "tenant_key_missing"
        /// The key was destroyed, and with it everything that was sealed under it.
        case destroyed = "tenant_key_destroyed"
        /// The file holds no key that the ring opens.
        case unreadable = "tenant_key_unreadable"
        /// The folder or the file cannot be read or written now.
        case unavailable = "tenant_key_unavailable"
        /// The sealed value was altered, belongs elsewhere, or is none.
        case refused = "tenant_key_refused"
    }

    /// How long a key that was read is used without looking again.
    package static let lifetime: TimeInterval = 60
    /// How many keys are remembered at most.
    private static let capacity = 4_096

    private struct Known {
        let key: SymmetricKey
        let until: Date
    }

    private let folder: TenantKeyFolder
    private let envelope: Envelope
    private let time: TimeSource
    private let known = Mutex<[TenantID: Known]>([:])

    package init(folder: URL, ring: KeyRing, time: TimeSource) {
        self.folder = TenantKeyFolder(folder)
        envelope = Envelope(ring: ring)
        self.time = time
    }

    /// Makes the tenant's key. Nothing happens if it has one.
    package func create(_ tenant: TenantID) throws(Failure) {
        guard try folder.content(tenant) == nil else { return }
        let key = SymmetricKey(size: .bits256)
        // Somebody who was quicker has made another one, which counts.
        try folder.create(tenant, try wrapped(key, of: tenant))
    }

    /// - Parameter place: becomes part of the seal.
    package func seal(_ plain: Data, for tenant: TenantID, at place: [String]) throws(Failure) -> Data {
        let key = try key(of: tenant)
        do {
            let box = try AES.GCM.seal(
                plain,
                using: key,
                nonce: AES.GCM.Nonce(),
                authenticating: Self.binding(tenant, place)
            )
            return [Self.form] + box.nonce + box.ciphertext + box.tag
        } catch {
            throw .refused
        }
    }

    package func open(_ sealed: Data, for tenant: TenantID, at place: [String]) throws(Failure) -> Data {
        let key = try key(of: tenant)
        guard sealed.first == Self.form else { throw .refused }
        do {
            return try AES.GCM.open(
                try AES.GCM.SealedBox(combined: sealed.dropFirst()),
                using: key,
                authenticating: Self.binding(tenant, place)
            )
        } catch {
            throw .refused
        }
    }

    /// Destroys the key for ever: the file is overwritten, and then says since when there is none. Safe to repeat; a
    /// tenant that never had a key has none afterwards either.
    package func destroy(_ tenant: TenantID) throws(Failure) {
        known.withLock { $0[tenant] = nil }
        if case .destroyed? = try folder.content(tenant) { return }
        try folder.destroy(tenant, at: time.now())
    }

    /// Wraps all keys by the ring's newest version that are wrapped by an older one.
    /// - Returns: how many there were.
    package func rewrap() throws(Failure) -> Int {
        var count = 0
        for tenant in try folder.tenants() {
            guard case .key(let sealed)? = try folder.content(tenant), envelope.isOutdated(sealed) else { continue }
            try folder.replace(tenant, try wrapped(try unwrapped(sealed, of: tenant), of: tenant))
            count += 1
        }
        return count
    }

    /// Whether keys can be kept: for the start of a process and `check-config`.
    package func verifyFolder() throws(Failure) { try folder.verify() }

    private func key(of tenant: TenantID) throws(Failure) -> SymmetricKey {
        let now = time.now()
        if let known = known.withLock({ $0[tenant] }), known.until > now { return known.key }
        known.withLock { $0[tenant] = nil }
        let key: SymmetricKey
        switch try folder.content(tenant) {
        case .key(let sealed): key = try unwrapped(sealed, of: tenant)
        case .destroyed: throw .destroyed
        case nil: throw .missing
        }
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
            known[tenant] = Known(key: key, until: now.addingTimeInterval(Self.lifetime))
        }
        return key
    }

    private func wrapped(_ key: SymmetricKey, of tenant: TenantID) throws(Failure) -> SealedValue {
        let text = Secret(key.withUnsafeBytes { Data($0).base64EncodedString() })
        do {
            return try envelope.seal(text, for: Self.place(tenant))
        } catch {
            throw .unreadable
        }
    }

    private func unwrapped(_ sealed: SealedValue, of tenant: TenantID) throws(Failure) -> SymmetricKey {
        do {
            let text = try envelope.open(sealed, for: Self.place(tenant))
            guard let key = Data(base64Encoded: text.reveal()), key.count == 32 else { throw Failure.unreadable }
            return SymmetricKey(data: key)
        } catch {
            throw .unreadable
        }
    }

    private static func place(_ tenant: TenantID) -> SealedPlace {
        SealedPlace(tenant: tenant, purpose: "tenant_key", table: "file", row: tenant.description, column: "key")
    }

    private static func binding(_ tenant: TenantID, _ place: [String]) -> Data {
        var key = CanonicalKey(.tenant(tenant)).value
        for part in place { key += "|\(part.utf8.count):\(part)" }
        return Data(key.utf8)
    }

    /// The first byte of everything sealed: AES-256-GCM, 12 bytes of nonce, then text and tag.
    private static let form: UInt8 = 1
}
