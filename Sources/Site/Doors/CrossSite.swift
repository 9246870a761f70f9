import HTTPTypes
import Web

/// Whether a request that changes something comes from our own pages (requirement B4).
///
/// Browsers say so in `Sec-Fetch-Site`; where that is missing, `Origin` must be ours; where both are missing it is no
/// browser we know, and only a header that no form can set is accepted.
enum CrossSite {
    /// A request header that other sites cannot add without asking first.
    static let ownHeader = "x-voiceagent-request"

    static func isOwn(_ request: IncomingRequest, _ address: SiteAddress) -> Bool {
        if let site = request.header("sec-fetch-site") { return site == "same-origin" }
        if let origin = request.header("origin") { return origin == address.origin }
        return request.header(ownHeader) != nil
    }

    static func changesSomething(_ method: HTTPRequest.Method) -> Bool {
        ![.get, .head, .options].contains(method)
    }
}
