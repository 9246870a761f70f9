package import Foundation
package import Kernel
package import Localization
import Logging
package import Site
package import Tenants
package import TestSupport

/// The frame of the pages as tests see it: the real templates, files and texts.
package enum TestSite {
    package static let origin = "https://voiceagent.example"

    package static let catalog = Result { try Catalog.load(resources: RepositoryFolder.resources) }
    private static let assets = Result { try Assets(folder: RepositoryFolder.resources.appending(path: "public")) }

    package struct NoAddress: Error {}

    /// - Parameters:
    ///   - missing: takes the tags of templates that got no value.
    ///   - visitor: who comes with the hash of a session's token.
    package static func make(
        time: TimeSource,
        missing: Shared<[String]>,
        visitor: @escaping @Sendable (Data) async throws -> Visitor?
    ) throws -> Site {
        guard let address = SiteAddress(publicBaseURL: origin) else { throw NoAddress() }
        let catalog = try catalog.get()
        return Site(
            address: address,
            templates: try Templates(folder: RepositoryFolder.resources.appending(path: "templates"), catalog: catalog),
            assets: try assets.get(),
            catalog: catalog,
            time: time,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            visitor: visitor,
            onDenied: { _ in },
            onMissingTags: { template, tags in missing.update { $0 += tags.map { "\(template): \($0)" } } }
        )
    }
}
