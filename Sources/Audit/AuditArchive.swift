package import Database
package import Kernel

/// The trail for those who read it: a tenant its own chain, the platform its own.
package struct AuditArchive: Sendable {
    /// The most entries of a page.
    package static let limit = 200

    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// - Parameters:
    ///   - before: where the page begins: `next` of the one before it; nil for the newest entries.
    ///   - limit: how many entries, 1 to `AuditArchive.limit`.
    package func page(
        _ tenant: TenantID,
        filter: AuditFilter = AuditFilter(),
        before: Int64? = nil,
        limit: Int
    ) async throws -> AuditPage {
        try await door(tenant).open { try Self.page($0, filter, before, limit) }
    }

    /// The actions of the chain's entries, each once, in their order.
    package func actions(_ tenant: TenantID) async throws -> [String] {
        try await door(tenant).open(Self.actions)
    }

    /// How many entries there are, counted up to `most`.
    package func count(
        _ tenant: TenantID,
        filter: AuditFilter = AuditFilter(),
        upTo most: Int = 10_000
    ) async throws -> Int {
        try await door(tenant).open { try Self.count($0, filter, most) }
    }

    /// Recomputes the chain, which takes a second for some ten thousand entries.
    /// - Parameter anchors: ends of this chain that were kept elsewhere.
    package func verify(_ tenant: TenantID, anchors: [AuditHead] = []) async throws -> AuditVerdict {
        try await door(tenant).open { try AuditTrail.verify(anchors: anchors, in: $0.transaction) }
    }

    /// How many entries had personal details that were erased.
    package func erasedDetails(_ tenant: TenantID) async throws -> Int {
        try await door(tenant).open(Self.erasedDetails)
    }

    /// The same of the platform's chain; the reading is recorded in it.
    /// - Parameters:
    ///   - actor: who reads, by a stable name, such as `operator:anna`.
    ///   - reason: what for.
    package func platformPage(
        actor: String,
        reason: String,
        filter: AuditFilter = AuditFilter(),
        before: Int64? = nil,
        limit: Int
    ) async throws -> AuditPage {
        try await platformDoor(actor, reason).open { try Self.page($0, filter, before, limit) }
    }

    package func platformActions(actor: String, reason: String) async throws -> [String] {
        try await platformDoor(actor, reason).open(Self.actions)
    }

    package func platformCount(
        actor: String,
        reason: String,
        filter: AuditFilter = AuditFilter(),
        upTo most: Int = 10_000
    ) async throws -> Int {
        try await platformDoor(actor, reason).open { try Self.count($0, filter, most) }
    }

    package func platformVerify(
        actor: String,
        reason: String,
        anchors: [AuditHead] = []
    ) async throws -> AuditVerdict {
        try await platformDoor(actor, reason).open { try AuditTrail.verify(anchors: anchors, in: $0.transaction) }
    }

    package func platformErasedDetails(actor: String, reason: String) async throws -> Int {
        try await platformDoor(actor, reason).open(Self.erasedDetails)
    }

    private func door(_ tenant: TenantID) -> AuditDoor {
        AuditDoor(database: database, chain: .tenant(tenant))
    }

    private func platformDoor(_ actor: String, _ reason: String) -> AuditDoor {
        AuditDoor(database: database, chain: .platform, actor: actor, reason: reason)
    }

    private static func page(
        _ queries: AuditQueries,
        _ filter: AuditFilter,
        _ before: Int64?,
        _ limit: Int
    ) throws -> AuditPage {
        let limit = min(max(limit, 1), Self.limit)
        var condition = try filter.condition(queries)
        if let before { condition = "e.seq < \(before) AND \(condition)" }
        let rows = try queries.rows(condition, "e.seq DESC", limit + 1)
        let entries = try rows.prefix(limit).map { try AuditLine(row: $0, queries) }
        return AuditPage(entries: entries, next: rows.count > limit ? entries.last?.seq : nil)
    }

    @Sendable private static func actions(_ queries: AuditQueries) throws -> [String] {
        try queries.transaction.query(
            "SELECT DISTINCT e.action FROM \(queries.source) WHERE \(queries.scope) ORDER BY e.action"
        ).map { try $0.get("action") }
    }

    @Sendable private static func erasedDetails(_ queries: AuditQueries) throws -> Int {
        let row = try queries.transaction.queryOne(
            """
            SELECT count(*) AS number FROM \(queries.source)
            WHERE \(queries.scope) AND d.erased_at IS NOT NULL
            """
        )
        return try row?.get("number") ?? 0
    }

    private static func count(_ queries: AuditQueries, _ filter: AuditFilter, _ most: Int) throws -> Int {
        let condition = try filter.condition(queries)
        let row = try queries.transaction.queryOne(
            """
            SELECT count(*) AS number FROM (SELECT FROM \(queries.source)
                WHERE \(queries.scope) AND \(condition) LIMIT \(most)) AS found
            """
        )
        return try row?.get("number") ?? 0
    }
}
