package import Foundation
package import Kernel
package import Localization
package import Logging
package import Tenants

/// The frame of all pages: templates, files, catalog, and the doors' knowledge of who is there.
package struct Site: Sendable {
    package let address: SiteAddress
    package let templates: Templates
    package let assets: Assets
    package let catalog: Catalog
    package let time: TimeSource
    package let logger: Logger
    /// Who is behind the SHA-256 of a session's token; nil for a session that is over.
    package let visitor: @Sendable (Data) async throws -> Visitor?
    /// Told of every request that was refused because of who asked for what.
    let onDenied: @Sendable (Denial) -> Void
    /// Told of the tags that a template asked for in vain.
    let onMissingTags: @Sendable (String, [String]) -> Void

    package init(
        address: SiteAddress,
        templates: Templates,
        assets: Assets,
        catalog: Catalog,
        time: TimeSource,
        logger: Logger,
        visitor: @escaping @Sendable (Data) async throws -> Visitor?,
        onDenied: @escaping @Sendable (Denial) -> Void,
        onMissingTags: @escaping @Sendable (String, [String]) -> Void
    ) {
        self.address = address
        self.templates = templates
        self.assets = assets
        self.catalog = catalog
        self.time = time
        self.logger = logger
        self.visitor = visitor
        self.onDenied = onDenied
        self.onMissingTags = onMissingTags
    }
}

/// A request that was answered with the uniform 403. Why, in truth, is found out later (decision 3).
package struct Denial: Sendable, Hashable {
    package let person: PersonID
    package let tenant: TenantID?
    /// The endpoint's method and path, with its parameters' names.
    package let route: String
    /// The parameters' values, in the order of the path; cut to 100 characters each.
    package let parameters: [String]
    /// False if the endpoint itself was closed to the person.
    package let hadPermission: Bool
}
