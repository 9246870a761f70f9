package import Audit
package import Database
package import Kernel
import Localization

/// The companies of this installation.
///
/// Creating, suspending and limiting are the platform's acts and go through its door; a tenant changes only its own
/// settings. Every act leaves an audit line in the tenant's chain, in the same transaction.
package struct TenantBook: Sendable {
    let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    package enum Creation: Sendable, Equatable {
        case created(Tenant)
        /// A tenant with this slug is there already; nothing was changed.
        case exists(Tenant)
    }

    package func create(
        _ slug: TenantSlug,
        name: String,
        settings: TenantSettings = TenantSettings(),
        bounds: TenantBounds = TenantBounds(),
        actor: AuditActor
    ) async throws -> Creation {
        do {
            let seals = database.seals
            return try await database.withPlatform(actor: actor.name, reason: "tenant create") { transaction in
                let queries = TenantQueries(transaction: transaction)
                if let tenant = try queries.find(slug) { return .exists(tenant) }
                let tenant = try queries.insert(slug, name, settings, bounds)
                // Before the tenant is there; the key of one that does not come to be opens nothing.
                try seals.create(tenant.id)
                let entry = AuditEntry(
                    actor: actor,
                    action: "tenant.created",
                    object: tenant.auditObject,
                    after: ["slug": .text(slug.value), "name": .text(name)]
                )
                try AuditTrail.record(entry, for: tenant.id, in: transaction)
                return .created(tenant)
            }
        } catch let error as DatabaseError where error.isConflict {
            // Somebody was quicker.
            guard let tenant = try await find(slug, actor: actor) else { throw error }
            return .exists(tenant)
        }
    }

    /// The tenant behind a slug, for the operator's commands.
    package func find(_ slug: TenantSlug, actor: AuditActor) async throws -> Tenant? {
        try await database.withPlatform(actor: actor.name, reason: "tenant find") { transaction in
            try TenantQueries(transaction: transaction).find(slug)
        }
    }

    package func all(actor: AuditActor) async throws -> [Tenant] {
        try await database.withPlatform(actor: actor.name, reason: "tenant list") { transaction in
            try TenantQueries(transaction: transaction).all()
        }
    }

    package func tenant(_ id: TenantID) async throws -> Tenant? {
        try await database.withTenant(id) { transaction in try TenantQueries(transaction: transaction).find(id) }
    }

    /// New calls are refused with a neutral announcement; running calls go on. Safe to repeat.
    package func suspend(_ id: TenantID, reason: String, actor: AuditActor) async throws {
        try await move(id, to: .suspended, action: "tenant.suspended", reason: reason, actor: actor)
    }

    /// Safe to repeat.
    package func activate(_ id: TenantID, reason: String, actor: AuditActor) async throws {
        try await move(id, to: .active, action: "tenant.activated", reason: reason, actor: actor)
    }

    package func limit(_ id: TenantID, to bounds: TenantBounds, actor: AuditActor) async throws {
        try await database.withPlatform(actor: actor.name, reason: "tenant limit") { transaction in
            let queries = TenantQueries(transaction: transaction)
            guard let tenant = try queries.findForUpdate(id) else { throw TenantError.gone }
            guard tenant.bounds != bounds else { return }
            try queries.set(bounds, of: id)
            let entry = AuditEntry(
                actor: actor,
                action: "tenant.limited",
                object: tenant.auditObject,
                before: tenant.bounds.auditValue,
                after: bounds.auditValue
            )
            try AuditTrail.record(entry, for: id, in: transaction)
        }
    }

    /// Gives a tenant another name; the slug stays.
    ///
    /// - Parameter name: as `TenantName.parse` gave it.
    package func rename(_ id: TenantID, to name: String, actor: AuditActor) async throws {
        try await database.withPlatform(actor: actor.name, reason: "tenant rename") { transaction in
            let queries = TenantQueries(transaction: transaction)
            guard let tenant = try queries.findForUpdate(id) else { throw TenantError.gone }
            guard tenant.state != .closed else { throw TenantError.closed }
            guard tenant.name != name else { return }
            try queries.set(name: name, of: id)
            let entry = AuditEntry(
                actor: actor,
                action: "tenant.renamed",
                object: tenant.auditObject,
                before: ["name": .text(tenant.name)],
                after: ["name": .text(name)]
            )
            try AuditTrail.record(entry, for: id, in: transaction)
        }
    }

    /// The tenant's own act.
    ///
    /// - Parameter name: as `TenantName.parse` gave it; nil keeps the name.
    package func change(
        _ id: TenantID,
        to settings: TenantSettings,
        name: String? = nil,
        actor: AuditActor
    ) async throws {
        try await database.withTenant(id) { transaction in
            let queries = TenantQueries(transaction: transaction)
            guard let tenant = try queries.findForUpdate(id) else { throw TenantError.gone }
            let name = name ?? tenant.name
            guard tenant.settings != settings || tenant.name != name else { return }
            try queries.set(settings, of: id)
            try queries.set(name: name, of: id)
            let entry = AuditEntry(
                actor: actor,
                action: "tenant.changed",
                object: tenant.auditObject,
                before: tenant.settings.auditValue(named: tenant.name),
                after: settings.auditValue(named: name)
            )
            try AuditTrail.record(entry, in: transaction)
        }
    }

    private func move(
        _ id: TenantID,
        to state: TenantState,
        action: String,
        reason: String,
        actor: AuditActor
    ) async throws {
        try await database.withPlatform(actor: actor.name, reason: reason) { transaction in
            let queries = TenantQueries(transaction: transaction)
            guard let tenant = try queries.findForUpdate(id) else { throw TenantError.gone }
            guard tenant.state != .closed else { throw TenantError.closed }
            guard tenant.state != state else { return }
            try queries.set(state, of: id)
            let entry = AuditEntry(
                actor: actor,
                action: action,
                object: tenant.auditObject,
                before: ["state": .text(tenant.state.rawValue)],
                after: ["state": .text(state.rawValue)],
                reason: reason
            )
            try AuditTrail.record(entry, for: id, in: transaction)
        }
    }
}

extension Tenant {
    var auditObject: AuditObject { AuditObject("tenant", id.description) }
}

extension TenantBounds {
    fileprivate var auditValue: AuditValue {
        ["concurrent_calls": .integer(Int64(concurrentCalls)), "call_seconds": .integer(Int64(callSeconds))]
    }
}

extension TenantSettings {
    /// The overflow number is the tenant's own and not a caller's.
    fileprivate func auditValue(named name: String) -> AuditValue {
        [
            "name": .text(name), "region": .text(region), "language": .text(language.rawValue),
            "time_zone": .text(timeZone),
            "allowed_countries": .array(allowedCountries.sorted().map(AuditValue.text)),
            "overflow": overflow.map { .text($0.value) } ?? .null,
            "model": model.map(AuditValue.text) ?? .null,
            "model_entry": modelEntry.map(AuditValue.text) ?? .null,
        ]
    }
}
