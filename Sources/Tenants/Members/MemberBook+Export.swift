import Audit
import Database
package import Kernel

extension MemberBook {
    /// Records that somebody takes the list of members away as a table; to be called before it is sent.
    ///
    /// - Parameter rows: how many people are in it.
    package func noteExport(_ tenant: TenantID, rows: Int, by acting: Acting) async throws {
        let entry = acting.entry(
            "member.list_exported",
            AuditObject("membership", "all"),
            after: ["export_rows": .integer(Int64(rows))]
        )
        try await database.withTenant(tenant) { _ = try AuditTrail.record(entry, in: $0) }
    }
}
