import HTTPTypes
import Hummingbird
import Web

/// Answers the addresses of the frame: files, the front door, and the operator's other names.
package struct SiteController: Sendable {
    private let site: Site

    package init(_ site: Site) {
        self.site = site
    }

    package func bind(into book: inout SiteBook) {
        for endpoint in [Endpoint.assets, .adminAssets] {
            book.open(endpoint) { try file($0, folder: "") }
        }
        for endpoint in [Endpoint.moduleAssets, .adminModuleAssets] {
            book.open(endpoint) { try file($0, folder: "js/") }
        }
        book.guest(.root) { visit in visit.redirect(to: visit.visit.visitor?.home ?? "/anmelden") }
        for endpoint in [Endpoint.admin, .adminArea] {
            book.open(endpoint) { [site] _ in
                var headers = HTTPFields()
                headers[.location] = "/plattform"
                SecurityHeaders.add(to: &headers, isSecure: site.address.isSecure)
                return Response(status: .seeOther, headers: headers)
            }
        }
    }

    private func file(_ request: IncomingRequest, folder: String) throws -> Response {
        let release = request.parameters.get("release") ?? ""
        let name = folder + (request.parameters.get("name") ?? "")
        guard var answer = site.assets.answer(release: release, name: name, request: request) else {
            throw WebFailure(.notFound, "not_found")
        }
        SecurityHeaders.add(to: &answer.headers, isSecure: site.address.isSecure)
        return answer
    }
}
