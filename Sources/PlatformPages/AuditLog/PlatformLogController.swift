import Audit
import Hummingbird
import Kernel
import PageParts
import Site
import Tenants
import Web

/// The platform's audit log: read, and exported with what proves it.
struct PlatformLogController {
    static let path = "/plattform/audit-protokoll"

    /// Reading the platform's data leaves so many entries that they would hide the acts; one sees them by choosing them,
    /// or all.
    private static let standardArea = AuditArea("ohne-zugang", allBut: "platform.opened")

    static let areas = [
        standardArea, AuditArea("zugang", "platform."), AuditArea("konten", "person."),
        AuditArea("abgewiesen", "access."), AuditArea("support", "support."), AuditArea("mandant", "tenant."),
        AuditArea("rufnummer", "number."), AuditArea("protokoll", "audit."),
    ]

    let archive: AuditArchive
    let export: AuditExport
    let reading: TenantReading
    let proof: AuditProof

    func bind(into book: inout SiteBook) {
        book.platform(.platformLog) { visit in try await list(visit) }
        book.platform(.platformLogSheet) { visit in try await exported(visit, .csv) }
        book.platform(.platformLogProof) { visit in try await exported(visit, .jsonl) }
        book.platform(.platformLogVerifier) { visit in proof.program(visit) }
    }

    private func list(_ visit: PlatformVisit) async throws -> Response {
        let list = AuditLogList(
            visit.query,
            path: Self.path,
            areas: Self.areas,
            standard: Self.standardArea.value,
            people: [visit.query.text("person").flatMap(PersonID.init)?.description].compactMap(\.self),
            now: visit.now,
            localizer: visit.localizer
        )
        let page = try await archive.platformPage(
            actor: visit.actor.name,
            reason: "audit log",
            filter: list.filter,
            before: list.before,
            limit: ListState.pageSize
        )
        let ids = PlatformLogWords.ids(in: page.entries)
        let names = try await reading.names(people: ids.people, tenants: ids.tenants, actor: visit.actor)
        let shown = page.entries.count
        let model = AuditLogPage(list, page, PlatformLogWords(visit: visit, names: names)).model(
            // Counting all of them would leave another opening of the door in the log with every look at it.
            total: (shown, visit.counted(shown, one: "platform.log_one", many: "platform.log_many")),
            filters: visit.auditFilters(
                Self.areas,
                key: "platform.group_",
                people: names.staff.map { ($0.person.description, $0.name) }
            ),
            note: visit.text("platform.log_note"),
            caption: visit.text("platform.log_caption"),
            export: visit.may(.platformAuditExport) ? exportName(visit) : nil
        )
        return visit.page("audit/log", title: visit.text("audit_page.title"), model)
    }

    /// That the log was exported is its last entry.
    private func exported(_ visit: PlatformVisit, _ format: AuditExport.Format) async throws -> Response {
        try await proof.download(
            visit,
            of: .platform,
            as: format,
            name: exportName(visit)
        ) { [export] anchor, write in
            try await export.exportPlatform(
                as: format,
                by: visit.actor,
                reason: "audit log export",
                requestID: visit.visit.requestID,
                anchor: anchor,
                write: write
            )
        }
    }

    private func exportName(_ visit: PlatformVisit) -> AuditExportName { AuditExportName("plattform", visit) }
}
