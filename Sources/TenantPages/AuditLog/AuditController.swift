package import Audit
import Hummingbird
import Kernel
import PageParts
package import Site
package import Tenants
import Web

/// The tenant's audit log: read, and exported with what proves it.
package struct AuditController: Sendable {
    static let path = "/audit-protokoll"

    /// Every action of a tenant's chain is in one of them.
    static let areas = [
        AuditArea("anmeldung", "person."), AuditArea("team", "member."), AuditArea("einladung", "invitation."),
        AuditArea("schluessel", "key."), AuditArea("support", "support."), AuditArea("mandant", "tenant."),
        AuditArea("modell", "model_key."), AuditArea("rufnummer", "number."), AuditArea("flow", "flow."),
        AuditArea("anruf", "call"), AuditArea("protokoll", "audit."),
    ]

    /// Entries are counted up to here.
    private static let countLimit = 10_000

    private let archive: AuditArchive
    private let export: AuditExport
    private let proof: AuditProof
    private let members: MemberBook
    private let source: AuditNameSource

    /// - Parameters:
    ///   - anchors: where heads of the chains are kept outside the database; nil if nowhere.
    ///   - verifier: the text of `Resources/audit/verify.py`.
    package init(
        archive: AuditArchive,
        export: AuditExport,
        anchors: AuditAnchorFolder?,
        verifier: String,
        members: MemberBook,
        keys: APIKeys,
        support: SupportDesk
    ) {
        self.archive = archive
        self.export = export
        proof = AuditProof(anchors: anchors, verifier: verifier)
        self.members = members
        source = AuditNameSource(members: members, keys: keys, support: support, archive: archive)
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.auditLog) { visit in try await list(visit) }
        book.tenant(.auditSheet) { visit in try await exported(visit, .csv) }
        book.tenant(.auditProof) { visit in try await exported(visit, .jsonl) }
        book.tenant(.auditVerifier) { visit in proof.program(visit) }
    }

    private func list(_ visit: TenantVisit) async throws -> Response {
        let tenant = visit.tenant.id
        let people = try await members.members(tenant)
        let list = AuditLogList(
            visit.query,
            path: Self.path,
            areas: Self.areas,
            people: people.map(\.person.description),
            now: visit.now,
            localizer: visit.localizer
        )
        let page = try await archive.page(tenant, filter: list.filter, before: list.before, limit: ListState.pageSize)
        let count = try await archive.count(tenant, filter: list.filter, upTo: Self.countLimit)
        let names = try await source.names(of: page.entries, in: tenant, members: people)
        let model = AuditLogPage(list, page, AuditWords(names: names, visit: visit)).model(
            total: (count, text(of: count, visit)),
            filters: visit.auditFilters(
                Self.areas,
                key: "audit_page.group_",
                people: people.map { ($0.person.description, $0.name) }
            ),
            note: visit.text("audit_page.note"),
            caption: visit.text("audit_page.caption"),
            export: visit.may(.auditExport) ? exportName(visit) : nil
        )
        return visit.page("audit/log", title: visit.text("audit_page.title"), model)
    }

    private func text(of count: Int, _ visit: TenantVisit) -> String {
        let many = count >= Self.countLimit ? "audit_page.count_least" : "audit_page.count"
        return visit.counted(count, one: "audit_page.count_one", many: many)
    }

    /// That the log was exported is its last entry.
    private func exported(_ visit: TenantVisit, _ format: AuditExport.Format) async throws -> Response {
        let tenant = visit.tenant.id
        return try await proof.download(
            visit,
            of: .tenant(tenant),
            as: format,
            name: exportName(visit)
        ) { [export] anchor, write in
            try await export.export(
                tenant,
                as: format,
                by: visit.actor,
                requestID: visit.visit.requestID,
                anchor: anchor,
                write: write
            )
        }
    }

    private func exportName(_ visit: TenantVisit) -> AuditExportName { AuditExportName("\(visit.tenant.slug)", visit) }
}
