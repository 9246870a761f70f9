import Database
import Foundation
import Kernel
import Localization

/// The SQL of tenants.
struct TenantQueries {
    let transaction: Transaction

    private static let columns: SQL = """
        id, slug, name, region, language, time_zone, state, max_concurrent_calls, max_call_seconds, allowed_countries,
        overflow_e164, model, model_base_url_key, second_factor_required, created_at
        """

    func insert(_ slug: TenantSlug, _ name: String, _ settings: TenantSettings, _ bounds: TenantBounds) throws -> Tenant
    {
        let row = try transaction.queryOne(
            """
            INSERT INTO tenant (slug, name, region, language, time_zone, max_concurrent_calls, max_call_seconds,
                allowed_countries, overflow_e164, model, model_base_url_key)
            VALUES (\(slug.value), \(name), \(settings.region), \(settings.language.rawValue), \(settings.timeZone),
                \(bounds.concurrentCalls), \(bounds.callSeconds), \(settings.allowedCountries.sorted()),
                \(settings.overflow), \(settings.model), \(settings.modelEntry))
            RETURNING \(Self.columns)
            """
        )
        return try Tenant(row: row)
    }

    func find(_ slug: TenantSlug) throws -> Tenant? {
        try transaction.queryOne("SELECT \(Self.columns) FROM tenant WHERE slug = \(slug.value)").map(Tenant.init)
    }

    func find(_ id: TenantID) throws -> Tenant? {
        try transaction.queryOne("SELECT \(Self.columns) FROM tenant WHERE id = \(id)").map(Tenant.init)
    }

    /// Locked until the transaction ends, so that what is read is what is changed.
    func findForUpdate(_ id: TenantID) throws -> Tenant? {
        try transaction.queryOne("SELECT \(Self.columns) FROM tenant WHERE id = \(id) FOR NO KEY UPDATE")
            .map(Tenant.init)
    }

    func all() throws -> [Tenant] {
        try transaction.query("SELECT \(Self.columns) FROM tenant ORDER BY slug").map(Tenant.init)
    }

    func set(_ state: TenantState, of id: TenantID) throws {
        try transaction.execute("UPDATE tenant SET state = \(state.rawValue) WHERE id = \(id)")
    }

    func set(name: String, of id: TenantID) throws {
        try transaction.execute("UPDATE tenant SET name = \(name) WHERE id = \(id)")
    }

    func set(requiresSecondFactor: Bool, of id: TenantID) throws {
        try transaction.execute(
            "UPDATE tenant SET second_factor_required = \(requiresSecondFactor) WHERE id = \(id)"
        )
    }

    func set(_ bounds: TenantBounds, of id: TenantID) throws {
        try transaction.execute(
            """
            UPDATE tenant SET max_concurrent_calls = \(bounds.concurrentCalls), max_call_seconds = \(bounds.callSeconds)
            WHERE id = \(id)
            """
        )
    }

    func set(_ settings: TenantSettings, of id: TenantID) throws {
        try transaction.execute(
            """
            UPDATE tenant SET region = \(settings.region), language = \(settings.language.rawValue),
                time_zone = \(settings.timeZone), allowed_countries = \(settings.allowedCountries.sorted()),
                overflow_e164 = \(settings.overflow), model = \(settings.model),
                model_base_url_key = \(settings.modelEntry)
            WHERE id = \(id)
            """
        )
    }
}

extension Tenant {
    /// - Throws: `TenantError.gone` where there is no row.
    fileprivate init(row: Row?) throws {
        guard let row else { throw TenantError.gone }
        try self.init(row: row)
    }

    fileprivate init(row: Row) throws {
        let slug: String = try row.get("slug")
        let language: String = try row.get("language")
        guard let slug = TenantSlug(slug), let language = Language(tag: language) else { throw TenantError.unreadable }
        try self.init(
            id: row.get("id"),
            slug: slug,
            name: row.get("name"),
            state: row.get("state"),
            settings: TenantSettings(
                region: row.get("region"),
                language: language,
                timeZone: row.get("time_zone"),
                allowedCountries: Set(row.get("allowed_countries", as: [String].self)),
                overflow: row.get("overflow_e164"),
                model: row.get("model"),
                modelEntry: row.get("model_base_url_key")
            ),
            bounds: TenantBounds(
                concurrentCalls: row.get("max_concurrent_calls"),
                callSeconds: row.get("max_call_seconds")
            ),
            requiresSecondFactor: row.get("second_factor_required"),
            createdAt: row.get("created_at")
        )
    }
}

extension TenantState: PostgresValue {}
