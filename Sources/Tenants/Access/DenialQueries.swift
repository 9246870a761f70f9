import Database
import Foundation
import Kernel

/// The statements on `denied_request`, behind the platform's door.
struct DenialQueries {
    let transaction: Transaction

    /// The oldest, locked until the transaction ends; those that another worker has are passed over.
    func open(_ count: Int) throws -> [OpenDenial] {
        try transaction.query(
            """
            SELECT id, at, person_id, asked_tenant, route, object_kind, object_id, times
            FROM denied_request WHERE resolved_at IS NULL ORDER BY at, id LIMIT \(count) FOR UPDATE SKIP LOCKED
            """
        ).map(OpenDenial.init(row:))
    }

    /// Whose the object is decides: its own tenant was asked for it, so the role was not enough.
    func reason(of request: DeniedRequest) throws -> DenialReason {
        guard let asked = request.tenant else { return .noTenant }
        if request.kind == .page { return .role }
        guard let owner = try owner(of: request) else { return .nonexistent }
        return owner == asked ? .role : .foreign
    }

    func resolve(_ denial: OpenDenial, _ reason: DenialReason, at date: Date) throws {
        try transaction.execute(
            "UPDATE denied_request SET reason = \(reason.rawValue), resolved_at = \(date) WHERE id = \(denial.id)"
        )
    }

    func forget(resolvedBefore date: Date) throws {
        try transaction.execute("DELETE FROM denied_request WHERE resolved_at < \(date)")
    }

    /// The tenant of the object; nil if there is none. Of a person who works in several tenants, and of a number that
    /// has changed hands, the asking tenant counts first.
    private func owner(of request: DeniedRequest) throws -> TenantID? {
        let asked = request.tenant
        if request.kind == .number, let number = E164(request.object) {
            return try tenant(
                """
                SELECT tenant_id FROM number_ownership WHERE e164 = \(number)
                ORDER BY tenant_id IS NOT DISTINCT FROM \(asked)::uuid DESC, lower(valid) DESC LIMIT 1
                """
            )
        }
        guard let id = UUID(uuidString: request.object) else { return nil }
        return switch request.kind {
        case .page: nil
        case .call: try tenant("SELECT tenant_id FROM call WHERE id = \(id) LIMIT 1")
        case .flow: try tenant("SELECT tenant_id FROM flow WHERE id = \(id) LIMIT 1")
        case .flowVersion: try tenant("SELECT tenant_id FROM flow_version WHERE id = \(id) LIMIT 1")
        case .number: try tenant("SELECT tenant_id FROM number_ownership WHERE id = \(id) LIMIT 1")
        case .member:
            try tenant(
                """
                SELECT tenant_id FROM membership WHERE person_id = \(id)
                ORDER BY tenant_id IS NOT DISTINCT FROM \(asked)::uuid DESC LIMIT 1
                """
            )
        case .invitation: try tenant("SELECT tenant_id FROM invitation WHERE id = \(id) LIMIT 1")
        case .key: try tenant("SELECT tenant_id FROM api_key WHERE id = \(id) LIMIT 1")
        case .supportAccess: try tenant("SELECT tenant_id FROM support_access WHERE id = \(id) LIMIT 1")
        case .tenant: try tenant("SELECT id AS tenant_id FROM tenant WHERE id = \(id)")
        }
    }

    private func tenant(_ sql: SQL) throws -> TenantID? {
        try transaction.queryOne(sql).map { try $0.get("tenant_id") }
    }
}

extension OpenDenial {
    fileprivate init(row: Row) throws {
        id = try row.get("id")
        request = DeniedRequest(
            at: try row.get("at"),
            person: try row.getOptional("person_id"),
            tenant: try row.getOptional("asked_tenant"),
            route: try row.get("route"),
            kind: DeniedRequest.ObjectKind(rawValue: try row.get("object_kind")) ?? .page,
            object: try row.get("object_id")
        )
        times = try row.get("times")
    }
}
