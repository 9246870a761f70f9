import Database
import Foundation
import Kernel

/// The statements on the tables of both chains. They are written out twice, because a table's name cannot be a
/// parameter.
struct AuditQueries {
    let chain: AuditChain
    let transaction: Transaction

    /// The end of the chain, locked until the transaction ends: entries form a line.
    func lockedHead() throws -> AuditHead {
        switch chain {
        case .platform:
            let row = try transaction.queryOne("SELECT seq, hash FROM platform_audit_head FOR UPDATE")
            return try row.map(AuditHead.init(row:)) ?? .empty
        case .tenant(let tenant):
            if let head = try lockedHead(of: tenant) { return head }
            try transaction.execute(
                """
                INSERT INTO audit_head (tenant_id, seq, hash)
                VALUES (\(tenant), \(AuditHead.empty.seq), \(AuditHead.empty.hash))
                ON CONFLICT (tenant_id) DO NOTHING
                """
            )
            return try lockedHead(of: tenant) ?? .empty
        }
    }

    private func lockedHead(of tenant: TenantID) throws -> AuditHead? {
        try transaction.queryOne("SELECT seq, hash FROM audit_head WHERE tenant_id = \(tenant) FOR UPDATE")
            .map(AuditHead.init(row:))
    }

    func head() throws -> AuditHead {
        let row =
            switch chain {
            case .platform: try transaction.queryOne("SELECT seq, hash FROM platform_audit_head")
            case .tenant(let tenant):
                try transaction.queryOne("SELECT seq, hash FROM audit_head WHERE tenant_id = \(tenant)")
            }
        return try row.map(AuditHead.init(row:)) ?? .empty
    }

    /// The database's clock in the spelling that is hashed.
    func now() throws -> String {
        let row = try transaction.queryOne("SELECT \(Self.spelled("clock_timestamp()")) AS at")
        return try row?.get("at") ?? ""
    }

    func append(_ link: AuditLink, previous: Data, hash: Data) throws {
        let columns: SQL = """
            seq, at, actor, action, object_kind, object_id, before, after, reason, request_id, previous_hash, hash
            """
        let values: SQL = """
            \(link.seq), \(link.at)::timestamptz, \(JSONText(text: link.actor.canonical)), \(link.action),
            \(link.object.kind), \(link.object.id), \(link.before.map { JSONText(text: $0.canonical) }),
            \(link.after.map { JSONText(text: $0.canonical) }), \(link.reason), \(link.requestID), \(previous), \(hash)
            """
        switch chain {
        case .platform:
            try transaction.execute("INSERT INTO platform_audit_entry (\(columns)) VALUES (\(values))")
            try transaction.execute("UPDATE platform_audit_head SET seq = \(link.seq), hash = \(hash)")
        case .tenant(let tenant):
            try transaction.execute("INSERT INTO audit_entry (tenant_id, \(columns)) VALUES (\(tenant), \(values))")
            try transaction.execute(
                "UPDATE audit_head SET seq = \(link.seq), hash = \(hash) WHERE tenant_id = \(tenant)"
            )
        }
    }

    /// Up to `limit` entries after `seq`, in order.
    func entries(after seq: Int64, limit: Int) throws -> [Row] {
        let columns: SQL = """
            seq, \(Self.spelled("at")) AS at, actor, action, object_kind, object_id, before, after, reason,
            request_id, previous_hash, hash
            """
        return switch chain {
        case .platform:
            try transaction.query(
                "SELECT \(columns) FROM platform_audit_entry WHERE seq > \(seq) ORDER BY seq LIMIT \(limit)"
            )
        case .tenant(let tenant):
            try transaction.query(
                """
                SELECT \(columns) FROM audit_entry
                WHERE tenant_id = \(tenant) AND seq > \(seq) ORDER BY seq LIMIT \(limit)
                """
            )
        }
    }

    private static func spelled(_ time: SQL) -> SQL {
        """
        to_char(\(time) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        """
    }
}

extension AuditHead {
    init(row: Row) throws {
        self.init(seq: try row.get("seq"), hash: try row.get("hash"))
    }
}

extension AuditLink {
    init(row: Row, chain: AuditChain) throws {
        func value(_ column: String) throws -> AuditValue? {
            try row.getOptional(column, as: JSONText.self)?.decode()
        }
        self.init(
            chain: chain,
            seq: try row.get("seq"),
            at: try row.get("at"),
            actor: try row.get("actor", as: JSONText.self).decode(),
            action: try row.get("action"),
            object: AuditObject(try row.get("object_kind"), try row.get("object_id")),
            before: try value("before"),
            after: try value("after"),
            reason: try row.getOptional("reason"),
            requestID: try row.getOptional("request_id")
        )
    }
}
