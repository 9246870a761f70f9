import Database
import Kernel

extension AuditQueries {
    func keep(_ detail: AuditDetail, of seq: Int64) throws {
        let body = JSONText(text: detail.body.canonical)
        switch chain {
        case .platform:
            try transaction.execute(
                "INSERT INTO platform_audit_detail (seq, salt, body) VALUES (\(seq), \(detail.salt), \(body))"
            )
        case .tenant(let tenant):
            try transaction.execute(
                """
                INSERT INTO audit_detail (tenant_id, seq, salt, body)
                VALUES (\(tenant), \(seq), \(detail.salt), \(body))
                """
            )
        }
    }

    /// - Returns: how many were erased.
    func eraseDetails(of subject: AuditSubject) throws -> Int {
        let erased: SQL = "salt = NULL, body = NULL, erased_at = clock_timestamp()"
        let matches = Self.condition(subject)
        return switch chain {
        case .platform:
            try transaction.execute(
                """
                UPDATE platform_audit_detail AS d SET \(erased) FROM platform_audit_entry AS e
                WHERE d.erased_at IS NULL AND e.seq = d.seq AND \(matches)
                """
            )
        case .tenant(let tenant):
            try transaction.execute(
                """
                UPDATE audit_detail AS d SET \(erased) FROM audit_entry AS e
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
