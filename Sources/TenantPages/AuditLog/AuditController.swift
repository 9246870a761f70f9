package import Audit
import Foundation
import Hummingbird
import Kernel
import NIOCore
package import Site
package import Tenants
import Web

/// The tenant's audit log: read, and exported with what proves it.
package struct AuditController: Sendable {
    private let archive: AuditArchive
    private let export: AuditExport
    private let anchors: AuditAnchorFolder?
    private let verifier: String
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
        self.anchors = anchors
        self.verifier = verifier
        self.members = members
        source = AuditNameSource(members: members, keys: keys, support: support, archive: archive)
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.auditLog) { visit in try await list(visit) }
        book.tenant(.auditSheet) { visit in try await exported(visit, .csv) }
        book.tenant(.auditProof) { visit in try await exported(visit, .jsonl) }
        book.tenant(.auditVerifier) { visit in
            visit.download(verifier, name: "verify.py", type: "text/x-python; charset=utf-8")
        }
    }

    private func list(_ visit: TenantVisit) async throws -> Response {
        let tenant = visit.tenant.id
        let people = try await members.members(tenant)
        let list = AuditList(
            query: visit.query,
            people: people.map(\.person.description),
            now: visit.now,
            localizer: visit.localizer
        )
        let page = try await archive.page(
            tenant,
            filter: list.filter,
            before: list.before,
            limit: ListState.pageSize
        )
        let model = AuditModel(
            list: list,
            page: page,
            count: try await archive.count(tenant, filter: list.filter, upTo: AuditModel.countLimit),
            members: people,
            names: try await source.names(of: page.entries, in: tenant, members: people),
            visit: visit
        )
        return visit.page("tenant/audit", title: visit.text("audit_page.title"), model.model)
    }

    /// Written while it is read, so that a long log needs no room. That it was exported is the log's last entry.
    private func exported(_ visit: TenantVisit, _ format: AuditExport.Format) async throws -> Response {
        let anchor = try await anchor(of: .tenant(visit.tenant.id))
        let type = format == .csv ? CSV.type : "application/jsonl; charset=utf-8"
        return visit.download(
            name: AuditExportName(visit).name(format),
            type: type,
            ResponseBody { [export] writer in
                try await export.export(
                    visit.tenant.id,
                    as: format,
                    by: visit.actor,
                    requestID: visit.visit.requestID,
                    anchor: anchor
                ) { try await writer.write(ByteBuffer(string: $0)) }
                try await writer.finish(nil)
            }
        )
    }

    /// The newest head of the chain that is kept elsewhere. Storage may be slow, and the threads of tasks must not wait
    /// for it.
    private func anchor(of chain: AuditChain) async throws -> AuditAnchor? {
        guard let anchors else { return nil }
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try anchors.latest(chain) }) }
        }
    }
}
