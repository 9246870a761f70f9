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

    /// The ends of all chains, the platform's last. Behind the platform's door only.
    func allHeads() throws -> [(chain: AuditChain, head: AuditHead)] {
        let tenants = try transaction.query("SELECT tenant_id, seq, hash FROM audit_head ORDER BY tenant_id").map {
            row in
            (chain: AuditChain.tenant(try row.get("tenant_id")), head: try AuditHead(row: row))
        }
        let row = try transaction.queryOne("SELECT seq, hash FROM platform_audit_head")
        return tenants + [(chain: .platform, head: try row.map(AuditHead.init(row:)) ?? .empty)]
    }

    /// The database's clock in the spelling that is hashed.
    func now() throws -> String {
        let row = try transaction.queryOne("SELECT \(Self.spelled("clock_timestamp()")) AS at")
        return try row?.get("at") ?? ""
    }

    func append(_ link: AuditLink, previous: Data, hash: Data) throws {
        let columns: SQL = """
            seq, at, actor, action, object_kind, object_id, before, after, reason, request_id, previous_hash, hash,
            personal_hash
            """
        let values: SQL = """
            \(link.seq), \(link.at)::timestamptz, \(JSONText(text: link.actor.canonical)), \(link.action),
            \(link.object.kind), \(link.object.id), \(link.before.map { JSONText(text: $0.canonical) }),
            \(link.after.map { JSONText(text: $0.canonical) }), \(link.reason), \(link.requestID), \(previous), \(hash),
            \(link.personalHash)
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

    /// Up to `limit` entries after `seq`, in order, with their details.
    func entries(after seq: Int64, limit: Int) throws -> [AuditRow] {
        try rows("e.seq > \(seq)", "e.seq ASC", limit).map { try AuditRow(row: $0, self) }
    }

    /// Rows of entries `e` with their details, for `AuditRow` and `AuditLine`.
    func rows(_ condition: SQL, _ order: SQL, _ limit: Int) throws -> [Row] {
        let columns: SQL = """
            e.seq, e.at, \(Self.spelled("e.at")) AS spelled_at, e.actor, e.action, e.object_kind, e.object_id, e.before,
            e.after, e.reason, e.request_id, e.previous_hash, e.hash, e.personal_hash, d.seq IS NOT NULL AS has_detail,
            \(saltColumn), d.body, d.erased_at IS NOT NULL AS is_erased
            """
        return try transaction.query(
            "SELECT \(columns) FROM \(source) WHERE \(scope) AND \(condition) ORDER BY \(order) LIMIT \(limit)"
        )
    }

    /// The platform's details keep their salt beside them, a tenant's within their seal.
    private var saltColumn: SQL {
        switch chain {
        case .platform: "d.salt"
        case .tenant: "NULL AS salt"
        }
    }

    /// The entries `e` of the chain beside their details `d`.
    var source: SQL {
        switch chain {
        case .platform: "platform_audit_entry AS e LEFT JOIN platform_audit_detail AS d ON d.seq = e.seq"
        case .tenant: "audit_entry AS e LEFT JOIN audit_detail AS d ON d.tenant_id = e.tenant_id AND d.seq = e.seq"
        }
    }

    /// Which rows of `source` are the chain's.
    var scope: SQL {
        switch chain {
        case .platform: "true"
        case .tenant(let tenant): "e.tenant_id = \(tenant)"
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
