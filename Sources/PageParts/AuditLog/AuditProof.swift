package import Audit
import Foundation
package import Hummingbird
import Localization
import NIOCore
package import Site

/// What an exported log is called.
package struct AuditExportName: Sendable {
    private let stem: String

    /// - Parameter owner: whose log it is, as it may stand in a file's name.
    package init(_ owner: String, _ visit: some CheckedVisit) {
        stem = "audit-\(owner)-\(visit.localizer.field(visit.now))"
    }

    package func name(_ format: AuditExport.Format) -> String { "\(stem).\(format.rawValue)" }
}

/// A log to take along, and what proves it to others.
package struct AuditProof: Sendable {
    private let anchors: AuditAnchorFolder?
    private let verifier: String

    /// - Parameters:
    ///   - anchors: where heads of the chains are kept outside the database; nil if nowhere.
    ///   - verifier: the text of `Resources/audit/verify.py`.
    package init(anchors: AuditAnchorFolder?, verifier: String) {
        self.anchors = anchors
        self.verifier = verifier
    }

    /// The program that checks an export.
    package func program(_ visit: some CheckedVisit) -> Response {
        visit.download(verifier, name: "verify.py", type: "text/x-python; charset=utf-8")
    }

    /// Written while it is read, so that a long log needs no room.
    ///
    /// - Parameter export: passes the log on, piece by piece, with the newest head of its chain that is kept elsewhere.
    package func download(
        _ visit: some CheckedVisit,
        of chain: AuditChain,
        as format: AuditExport.Format,
        name: AuditExportName,
        _ export: @escaping @Sendable (AuditAnchor?, (String) async throws -> Void) async throws -> Void
    ) async throws -> Response {
        let anchor = try await newestAnchor(of: chain)
        return visit.download(
            name: name.name(format),
            type: format == .csv ? CSV.type : "application/jsonl; charset=utf-8",
            ResponseBody { writer in
                try await export(anchor) { try await writer.write(ByteBuffer(string: $0)) }
                try await writer.finish(nil)
            }
        )
    }

    /// Storage may be slow, and the threads of tasks must not wait for it.
    private func newestAnchor(of chain: AuditChain) async throws -> AuditAnchor? {
        guard let anchors else { return nil }
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try anchors.latest(chain) }) }
        }
    }
}
