import Database
import Foundation
import Kernel

/// The SQL of flows and their versions.
struct FlowQueries {
    let transaction: Transaction
    let tenant: TenantID

    private static let columns: SQL = "id, flow_id, ordinal, state, sha256, created_at"

    func createFlow(_ name: String) throws {
        try transaction.execute(
            "INSERT INTO flow (tenant_id, name) VALUES (\(tenant), \(name)) ON CONFLICT (tenant_id, name) DO NOTHING"
        )
    }

    func flow(_ name: String) throws -> FlowID? {
        try transaction.queryOne("SELECT id FROM flow WHERE tenant_id = \(tenant) AND name = \(name)")?.get("id")
    }

    /// Whoever changes versions of a flow holds its row, so that they do it one after the other.
    func lockFlow(_ name: String) throws -> FlowID? {
        try transaction.queryOne(
            "SELECT id FROM flow WHERE tenant_id = \(tenant) AND name = \(name) FOR NO KEY UPDATE"
        )?.get("id")
    }

    func flows() throws -> [(id: FlowID, name: String)] {
        try transaction.query("SELECT id, name FROM flow WHERE tenant_id = \(tenant) ORDER BY name").map {
            (try $0.get("id"), try $0.get("name"))
        }
    }

    func newest(_ flow: FlowID) throws -> FlowVersion? {
        try transaction.queryOne(
            """
            SELECT \(Self.columns) FROM flow_version WHERE tenant_id = \(tenant) AND flow_id = \(flow)
            ORDER BY ordinal DESC LIMIT 1
            """
        ).map(FlowVersion.init)
    }

    func version(_ state: FlowVersionState, of flow: FlowID) throws -> FlowVersion? {
        try transaction.queryOne(
            """
            SELECT \(Self.columns) FROM flow_version
            WHERE tenant_id = \(tenant) AND flow_id = \(flow) AND state = \(state.rawValue)
            """
        ).map(FlowVersion.init)
    }

    func flow(of version: FlowVersionID) throws -> FlowID? {
        try transaction.queryOne("SELECT flow_id FROM flow_version WHERE tenant_id = \(tenant) AND id = \(version)")?
            .get("flow_id")
    }

    func checksum(_ document: String) throws -> String {
        guard
            let row = try transaction.queryOne(
                "SELECT encode(sha256(convert_to(\(document)::text, 'UTF8')), 'hex') AS sum"
            )
        else { throw FlowError.unreadable }
        return try row.get("sum")
    }

    func insertDraft(_ flow: FlowID, ordinal: Int, document: String, sha256: String) throws -> FlowVersion {
        let id = FlowVersionID()
        let sealed = try transaction.seal(document, of: tenant, in: Self.cell(id))
        let row = try transaction.queryOne(
            """
            INSERT INTO flow_version (tenant_id, id, flow_id, ordinal, document, sha256)
            VALUES (\(tenant), \(id), \(flow), \(ordinal), \(sealed), \(sha256))
            RETURNING \(Self.columns)
            """
        )
        guard let row else { throw FlowError.unreadable }
        return try FlowVersion(row: row)
    }

    func stage(_ version: FlowVersionID) throws -> FlowVersion {
        try moved(
            """
            UPDATE flow_version SET state = 'staged', staged_at = clock_timestamp()
            WHERE tenant_id = \(tenant) AND id = \(version) RETURNING \(Self.columns)
            """
        )
    }

    func publish(_ version: FlowVersionID) throws -> FlowVersion {
        try moved(
            """
            UPDATE flow_version SET state = 'live', published_at = clock_timestamp()
            WHERE tenant_id = \(tenant) AND id = \(version) RETURNING \(Self.columns)
            """
        )
    }

    func retire(_ version: FlowVersionID) throws -> FlowVersion {
        try moved(
            """
            UPDATE flow_version SET state = 'retired', retired_at = clock_timestamp()
            WHERE tenant_id = \(tenant) AND id = \(version) RETURNING \(Self.columns)
            """
        )
    }

    /// Nil if there is no such version, or it was emptied because its tenant was destroyed.
    func document(_ version: FlowVersionID) throws -> String? {
        let row = try transaction.queryOne(
            "SELECT document FROM flow_version WHERE tenant_id = \(tenant) AND id = \(version)"
        )
        return try row?.getOptional("document", as: Data.self).map {
            try transaction.open($0, of: tenant, in: Self.cell(version))
        }
    }

    static func cell(_ version: FlowVersionID) -> SealedCell { SealedCell("flow_version.document", version) }

    private func moved(_ statement: SQL) throws -> FlowVersion {
        guard let row = try transaction.queryOne(statement) else { throw FlowError.unreadable }
        return try FlowVersion(row: row)
    }
}

extension FlowVersion {
    fileprivate init(row: Row) throws {
        try self.init(
            id: row.get("id"),
            flow: row.get("flow_id"),
            ordinal: row.get("ordinal"),
            state: row.get("state"),
            sha256: row.get("sha256"),
            createdAt: row.get("created_at")
        )
    }
}

extension FlowVersionState: PostgresValue {}
