import Database
import Foundation
import Kernel

extension AuditQueries {
    func keep(_ detail: AuditDetail, of seq: Int64) throws {
        switch chain {
        case .platform:
            let body = JSONText(text: detail.body.canonical)
            try transaction.execute(
                "INSERT INTO platform_audit_detail (seq, salt, body) VALUES (\(seq), \(detail.salt), \(body))"
            )
        case .tenant(let tenant):
            let sealed = try seal(detail, of: tenant, seq)
            try transaction.execute(
                """
                INSERT INTO audit_detail (tenant_id, seq, body, erased_at)
                VALUES (\(tenant), \(seq), \(sealed), CASE WHEN \(sealed == nil) THEN clock_timestamp() END)
                """
            )
        }
    }

    /// Nil if the tenant's key was destroyed: its details are erased as soon as they are made.
    private func seal(_ detail: AuditDetail, of tenant: TenantID, _ seq: Int64) throws -> Data? {
        do {
            return try transaction.seal(detail.sealedText, of: tenant, in: Self.cell(seq))
        } catch is TenantKeyDestroyed {
            return nil
        }
    }

    /// What there is of the detail of a row of `rows`.
    func detail(_ row: Row) throws -> AuditDetailState {
        let isErased: Bool = try row.get("is_erased")
        guard try row.get("has_detail", as: Bool.self) else {
            return try row.getOptional("personal_hash", as: Data.self) == nil ? .none : .faulty
        }
        switch chain {
        case .platform:
            let salt: Data? = try row.getOptional("salt")
            let body: JSONText? = try row.getOptional("body")
            guard let salt, let body, !isErased else {
                return salt == nil && body == nil && isErased ? .erased : .faulty
            }
            return AuditDetail(salt: salt, canonical: body.text).map(AuditDetailState.kept) ?? .faulty
        case .tenant(let tenant):
            guard let sealed = try row.getOptional("body", as: Data.self), !isErased else {
                return try row.getOptional("body", as: Data.self) == nil && isErased ? .erased : .faulty
            }
            return try open(sealed, of: tenant, try row.get("seq"))
        }
    }

    /// A detail whose key was destroyed is one that was erased, in this database and in a backup of it.
    private func open(_ sealed: Data, of tenant: TenantID, _ seq: Int64) throws -> AuditDetailState {
        do {
            let text = try transaction.open(sealed, of: tenant, in: Self.cell(seq))
            return AuditDetail(sealedText: text).map(AuditDetailState.kept) ?? .faulty
        } catch is TenantKeyDestroyed {
            return .erased
        } catch let error where !(error is DatabaseError) {
            return .faulty
        }
    }

    /// The newest entries of the chain in whose details `text` stands, in any case; nil where SQL can look itself.
    func entries(withDetail text: String) throws -> [Int64]? {
        guard case .tenant(let tenant) = chain else { return nil }
        let sought = text.lowercased()
        let rows = try transaction.query(
            """
            SELECT seq, body FROM audit_detail WHERE tenant_id = \(tenant) AND body IS NOT NULL
            ORDER BY seq DESC LIMIT \(Self.mostOpened)
            """
        )
        return try rows.compactMap { row in
            let seq: Int64 = try row.get("seq")
            guard case .kept(let detail) = try open(try row.get("body"), of: tenant, seq) else { return nil }
            return detail.body.canonical.lowercased().contains(sought) ? seq : nil
        }
    }

    /// How many details are opened at most to find words in them.
    private static let mostOpened = 20_000

    private static func cell(_ seq: Int64) -> SealedCell { SealedCell("audit_detail.body", seq) }

    /// - Returns: how many were erased.
    func eraseDetails(of subject: AuditSubject) throws -> Int {
        let matches = Self.condition(subject)
        return switch chain {
        case .platform:
            try transaction.execute(
                """
                UPDATE platform_audit_detail AS d SET salt = NULL, body = NULL, erased_at = clock_timestamp()
                FROM platform_audit_entry AS e
                WHERE d.erased_at IS NULL AND e.seq = d.seq AND \(matches)
                """
            )
        case .tenant(let tenant):
            try transaction.execute(
                """
                UPDATE audit_detail AS d SET body = NULL, erased_at = clock_timestamp() FROM audit_entry AS e
                WHERE d.tenant_id = \(tenant) AND d.erased_at IS NULL
                    AND e.tenant_id = d.tenant_id AND e.seq = d.seq AND \(matches)
                """
            )
        }
    }

    private static func condition(_ subject: AuditSubject) -> SQL {
        switch subject {
        case .object(let object): "e.object_kind = \(object.kind) AND e.object_id = \(object.id)"
        case .actor(let kind, let name): "e.actor->>'kind' = \(kind.rawValue) AND e.actor->>'name' = \(name)"
        }
    }
}
