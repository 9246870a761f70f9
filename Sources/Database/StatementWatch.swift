import Kernel
import Logging
import Telemetry

/// Sees every statement before it is sent.
struct StatementWatch: Sendable {
    let executed: Counter
    /// Nil behind the platform's door, where tenants' tables are read by policies of their own.
    let unscoped: UnscopedStatements?
    /// At the level `trace` every statement is shown: its text, in which values are numbers of parameters.
    let logger: Logger

    func willRun(_ text: String, tenant: TenantID?) {
        executed.increment()
        logger.trace("statement", metadata: ["db.query.text": "\(text)"])
        if tenant == nil { unscoped?.check(text) }
    }
}

/// Reports statements that name a tenant's table where no tenant is set. The database answers them with no rows; that
/// somebody asked is a mistake in this program (requirement A3).
struct UnscopedStatements: Sendable {
    let counter: Counter
    let logger: Logger

    func check(_ text: String) {
        let words = text.utf8.split { !Self.isWord($0) }
        guard let table = words.lazy.map({ String(decoding: $0, as: UTF8.self) }).first(where: TenantTables.contains)
        else { return }
        counter.increment()
        logger.warning("statement on a tenant's table outside a tenant's scope", metadata: ["db.table": "\(table)"])
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// The tables that hold tenants' rows. A test holds the list against the catalogue.
enum TenantTables {
    static let names: Set<String> = [
        "api_idempotency", "api_key", "audit_detail", "audit_entry", "audit_head", "call", "call_leg", "call_state",
        "carrier_event", "flow", "flow_version", "invitation", "membership", "number_assignment", "number_ownership",
        "outbox", "provider_usage", "sign_in_copy", "support_access", "tenant", "tenant_model_key", "transcript_turn",
        "usage_segment",
    ]

    static func contains(_ name: String) -> Bool { names.contains(name) }
}
