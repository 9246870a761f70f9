import Audit
package import Credentials
package import Database
package import Foundation
package import Kernel
package import Outbox
import People

/// A tenant's keys for the API (requirement B7): shown once, stored as a hash under the installation's pepper.
package struct APIKeys: Sendable {
    /// What may be in use at the same time.
    package static let limit = 50
    /// `last_used_at` is written at most this often.
    static let useResolution: TimeInterval = 60

    private let database: Database
    private let outbox: MailOutbox
    private let links: TenantLinks
    private let pepper: Data
    private let time: TimeSource

    /// - Parameter pepper: `KeyRing.derived(for: "api-key-pepper")`, the same on all nodes.
    package init(_ database: Database, outbox: MailOutbox, links: TenantLinks, pepper: Secret, time: TimeSource) {
        self.database = database
        self.outbox = outbox
        self.links = links
        self.pepper = Data(pepper.reveal().utf8)
        self.time = time
    }

    package enum Creation: Sendable {
        /// The whole key, to be shown once, and how it stands on the page.
        case created(APIKeyText, APIKeyLine)
        case refused(APIKeyRefusal)
    }

    /// The newest first, revoked and expired ones among them.
    package func list(_ tenant: TenantID) async throws -> [APIKeyLine] {
        try await database.withTenant(tenant) { try APIKeyQueries(transaction: $0, tenant: tenant).lines() }
    }

    /// Records that somebody takes the list of keys away as a table; to be called before it is sent.
    ///
    /// - Parameter rows: how many keys are in it.
    package func noteExport(_ tenant: TenantID, rows: Int, by acting: Acting) async throws {
        let entry = acting.entry(
            "key.list_exported",
            AuditObject("key", "all"),
            after: ["export_rows": .integer(Int64(rows))]
        )
        try await database.withTenant(tenant) { _ = try AuditTrail.record(entry, in: $0) }
    }

    /// Makes a key and writes to the tenant's owners. Only a person can: the operator has no keys of tenants.
    ///
    /// - Parameters:
    ///   - name: what the key is for; 1 to 60 characters.
    ///   - scopes: at least one of `AccessMatrix.keyScopes`, and only those that whoever acts has.
    ///   - expiresAt: nil for a key that is good until it is revoked.
    package func create(
        _ tenant: TenantID,
        name typed: String,
        scopes: Set<Permission>,
        expiresAt: Date?,
        by acting: Acting
    ) async throws -> Creation {
        let now = time.now()
        guard let name = PersonName.parse(typed), name.unicodeScalars.count <= 60 else {
            return .refused(.nameMalformed)
        }
        guard !scopes.isEmpty else { return .refused(.noScopes) }
        guard scopes.isSubset(of: AccessMatrix.keyScopes) else { return .refused(.scopeNotForKeys) }
        guard expiresAt.map({ $0 > now }) ?? true else { return .refused(.expiryInThePast) }
        guard let person = acting.person else { return .refused(.notAllowed) }
        return try await database.withTenant(tenant) { [outbox, links, pepper] transaction in
            let members = MemberQueries(transaction: transaction, tenant: tenant)
            let queries = APIKeyQueries(transaction: transaction, tenant: tenant)
            guard let company = try members.lockedTenant(), company.state != .closed else {
                return .refused(.tenantClosed)
            }
            // A key does nothing that its maker may not.
            guard try ([.keysWrite] + scopes).allSatisfy({ try members.allows(acting, $0) }) else {
                return .refused(.notAllowed)
            }
            guard try queries.lines().count(where: { $0.isUsable(at: now) }) < Self.limit else {
                return .refused(.tooManyKeys)
            }
            let text = APIKeyText.make()
            let line = APIKeyLine(
                id: APIKeyID(),
                name: name,
                prefix: text.prefix,
                scopes: AccessMatrix.keyScopes.filter(scopes.contains),
                createdBy: person,
                createdByName: acting.name,
                createdAt: now,
                expiresAt: expiresAt,
                lastUsedAt: nil,
                revokedAt: nil
            )
            try queries.insert(line, hash: text.hash(pepper: pepper))
            for owner in try members.owners() {
                let mail = owner.mail(
                    .apiKeyCreated,
                    of: tenant,
                    [
                        "tenant": company.name, "key": "\(name) (\(line.prefix)…)", "actor": acting.name,
                        "link": links.keys,
                    ]
                )
                try outbox.post(mail, in: transaction)
            }
            try AuditTrail.record(acting.entry("key.created", after: line), in: transaction)
            return .created(text, line)
        }
    }

    /// The next request with the key is refused.
    package func revoke(_ tenant: TenantID, _ id: APIKeyID, by acting: Acting) async throws -> APIKeyRefusal? {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = APIKeyQueries(transaction: transaction, tenant: tenant)
            let members = MemberQueries(transaction: transaction, tenant: tenant)
            let line = try queries.locked(id)
            guard try members.allows(acting, .keysWrite) else { return .notAllowed }
            guard let line, line.revokedAt == nil else { return .keyOver }
            try queries.revoke(id, at: now)
            try AuditTrail.record(acting.entry("key.revoked", before: line), in: transaction)
            return nil
        }
    }

    /// Whose key it is; nil for one that is unknown, revoked or expired, and for a closed tenant's. What is no key by its
    /// checksum is refused without asking anybody.
    package func authenticate(_ text: String) async throws -> APIKeyIdentity? {
        guard let key = APIKeyText(text) else { return nil }
        let hash = key.hash(pepper: pepper)
        let now = time.now()
        guard let found = try await database.withoutTenant({ try FoundKey(hash: hash, in: $0) }),
            found.isUsable(at: now)
        else { return nil }
        if found.lastUsedAt.map({ $0 <= now.addingTimeInterval(-Self.useResolution) }) ?? true {
            let identity = found.identity
            try await database.withTenant(identity.tenant) { transaction in
                try APIKeyQueries(transaction: transaction, tenant: identity.tenant).used(identity.key, at: now)
            }
        }
        return found.identity
    }
}

/// What the definer function knows of a key.
private struct FoundKey: Sendable {
    let identity: APIKeyIdentity
    let expiresAt: Date?
    let lastUsedAt: Date?
    let revokedAt: Date?

    init?(hash: Data, in transaction: Transaction) throws {
        let row = try transaction.queryOne(
            """
            SELECT tenant_id, tenant_state, key_id, prefix, scopes, expires_at, last_used_at, revoked_at
            FROM api_key_owner(\(hash))
            """
        )
        guard let row else { return nil }
        let scopes = Set(try row.get("scopes", as: [String].self).compactMap(Permission.init(rawValue:)))
        identity = APIKeyIdentity(
            tenant: try row.get("tenant_id"),
            tenantState: try row.get("tenant_state"),
            key: try row.get("key_id"),
            prefix: try row.get("prefix"),
            scopes: scopes.intersection(AccessMatrix.keyScopes)
        )
        expiresAt = try row.getOptional("expires_at")
        lastUsedAt = try row.getOptional("last_used_at")
        revokedAt = try row.getOptional("revoked_at")
    }

    func isUsable(at date: Date) -> Bool {
        revokedAt == nil && identity.tenantState != .closed && (expiresAt.map { date < $0 } ?? true)
    }
}

extension Acting {
    fileprivate func entry(_ action: String, before: APIKeyLine? = nil, after: APIKeyLine? = nil) -> AuditEntry {
        let id = (after ?? before)?.id.description ?? ""
        return entry(action, AuditObject("key", id), before: before?.auditValue, after: after?.auditValue)
    }
}

extension APIKeyLine {
    fileprivate var auditValue: AuditValue {
        [
            "name": .text(name), "prefix": .text(prefix), "scopes": .array(scopes.map { .text($0.rawValue) }),
            "expires_at": expiresAt.map { .text($0.formatted(.iso8601)) } ?? .null,
        ]
    }
}
