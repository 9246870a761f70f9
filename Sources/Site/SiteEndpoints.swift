import HTTPTypes
package import Web

/// The addresses that belong to the frame itself.
extension Endpoint {
    package static let assets = Endpoint(
        .get,
        "/assets/:release/:name",
        access: .anyone,
        kind: "asset",
        "a file of the pages"
    )
    package static let moduleAssets = Endpoint(
        .get,
        "/assets/:release/js/:name",
        access: .anyone,
        kind: "asset",
        "a module of the pages"
    )
    package static let adminAssets = Endpoint(
        .get,
        "/admin/assets/:release/:name",
        access: .anyone,
        kind: "asset",
        "the same file, by its other name"
    )
    package static let adminModuleAssets = Endpoint(
        .get,
        "/admin/assets/:release/js/:name",
        access: .anyone,
        kind: "asset",
        "the same module, by its other name"
    )
    package static let root = Endpoint(.get, "/", access: .guest, kind: "page", "leads to where the visitor begins")
    package static let admin = Endpoint(.get, "/admin", access: .anyone, kind: "page", "leads to the operator's area")
    package static let adminArea = Endpoint(
        .get,
        "/admin/**",
        access: .anyone,
        kind: "page",
        "leads to the operator's area"
    )

    package static let siteTable: [Endpoint] = [
        root, assets, moduleAssets, adminAssets, adminModuleAssets, admin, adminArea,
    ]

    /// A page that is looked at.
    package static func page(_ path: String, _ access: Access, _ purpose: String) -> Endpoint {
        Endpoint(.get, path, access: access, kind: "page", purpose)
    }

    /// A form that is sent. Pages send no files, so a few kilobytes are enough unless told otherwise.
    package static func form(
        _ path: String,
        _ access: Access,
        bodyLimit: Int = 32 * 1_024,
        _ purpose: String
    ) -> Endpoint {
        Endpoint(.post, path, access: access, bodyLimit: bodyLimit, kind: "page", purpose)
    }
}
