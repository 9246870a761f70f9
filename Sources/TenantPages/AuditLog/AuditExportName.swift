import Audit
import Localization
import Site
import Tenants

/// What an exported log is called.
struct AuditExportName {
    private let stem: String

    init(_ visit: TenantVisit) {
        stem = "audit-\(visit.tenant.slug)-\(visit.localizer.field(visit.now))"
    }

    func name(_ format: AuditExport.Format) -> String { "\(stem).\(format.rawValue)" }
}
