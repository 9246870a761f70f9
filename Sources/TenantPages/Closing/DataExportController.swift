import Foundation
import Hummingbird
import Kernel
import Localization
import NIOCore
package import Site
package import Tenants
import Web

/// All of a tenant's data in one file, for its owners at any time (requirement K9).
package struct DataExportController: Sendable {
    private let lifecycle: TenantLifecycle

    package init(_ lifecycle: TenantLifecycle) {
        self.lifecycle = lifecycle
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.dataExport) { visit in
            try visit.requireRecentProof(returnTo: Endpoint.dataExport.path)
            return try await export(visit)
        }
    }

    /// The folder is written first, so that a failure is a page and not half a file, and is gone when it was sent.
    private func export(_ visit: TenantVisit) async throws -> Response {
        let day = visit.localizer.field(visit.now)
        let place = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString.lowercased())")
        let folder = place.appending(path: "\(visit.tenant.slug)-\(day)")
        let readme = visit.text(
            "tenants.export_readme",
            [
                "tenant": visit.tenant.name, "slug": visit.tenant.slug.value,
                "date": visit.localizer.dateTime(visit.now),
            ]
        )
        do {
            try FileManager.default.createDirectory(
                at: place,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let outcome = try await lifecycle.export(visit.tenant.id, into: folder, readme: readme, by: visit.acting)
            guard case .success = outcome else { throw NotVisible() }
            let archive = try FolderArchive(folder, at: visit.now)
            return visit.download(
                name: "\(visit.tenant.slug)-\(day).tar",
                type: "application/x-tar",
                ResponseBody(contentLength: archive.size) { writer in
                    do {
                        try await archive.write { try await writer.write(ByteBuffer(bytes: $0)) }
                        try await writer.finish(nil)
                    } catch {
                        try FileManager.default.removeItem(at: place)
                        throw error
                    }
                    try FileManager.default.removeItem(at: place)
                }
            )
        } catch {
            if FileManager.default.fileExists(atPath: place.path) { try FileManager.default.removeItem(at: place) }
            throw error
        }
    }
}
