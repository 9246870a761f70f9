import Audit
import Foundation
import Hummingbird
import Kernel
import Localization
import NIOCore
import Site
import Tenants
import Web

/// The platform's audit log: read, and exported with what proves it.
struct PlatformLogController {
    let archive: AuditArchive
    let export: AuditExport
    let reading: TenantReading
    let anchors: AuditAnchorFolder?
    let verifier: String

    func bind(into book: inout SiteBook) {
        book.platform(.platformLog) { visit in try await list(visit) }
        book.platform(.platformLogSheet) { visit in try await exported(visit, .csv) }
        book.platform(.platformLogProof) { visit in try await exported(visit, .jsonl) }
        book.platform(.platformLogVerifier) { visit in
            visit.download(verifier, name: "verify.py", type: "text/x-python; charset=utf-8")
        }
    }

    private func list(_ visit: PlatformVisit) async throws -> Response {
        let list = PlatformLogList(query: visit.query, now: visit.now, localizer: visit.localizer)
        let page = try await archive.platformPage(
            actor: visit.actor.name,
            reason: "audit log",
            filter: list.filter,
            before: list.before,
            limit: ListState.pageSize
        )
        let ids = PlatformLogWords.ids(in: page.entries)
        let names = try await reading.names(people: ids.people, tenants: ids.tenants, actor: visit.actor)
        let model = PlatformLogPage(list: list, page: page, names: names, visit: visit).model
        return visit.page("platform/audit", title: visit.text("audit_page.title"), model)
    }

    /// Written while it is read, so that a long log needs no room. That it was exported is the log's last entry.
    private func exported(_ visit: PlatformVisit, _ format: AuditExport.Format) async throws -> Response {
        let anchor = try await anchor()
        return visit.download(
            name: PlatformLogPage.fileName(visit, format),
            type: format == .csv ? CSV.type : "application/jsonl; charset=utf-8",
            ResponseBody { [export] writer in
                try await export.exportPlatform(
                    as: format,
                    by: visit.actor,
                    reason: "audit log export",
                    requestID: visit.visit.requestID,
                    anchor: anchor
                ) { try await writer.write(ByteBuffer(string: $0)) }
                try await writer.finish(nil)
            }
        )
    }

    /// The newest head of the chain that is kept elsewhere. Storage may be slow, and the threads of tasks must not wait
    /// for it.
    private func anchor() async throws -> AuditAnchor? {
        guard let anchors else { return nil }
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try anchors.latest(.platform) }) }
        }
    }
}
