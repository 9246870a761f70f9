import Foundation
import HTTPTypes
package import Web

/// The cookies of a request, and the ones of an answer.
package struct Cookies: Sendable {
    private let values: [String: String]

    package init(_ request: IncomingRequest) { self.init(headers: request.headers) }

    init(headers: HTTPFields) {
        var values: [String: String] = [:]
        for pair in headers[values: .cookie].joined(separator: ";").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            // The first counts: a cookie of a wider path or domain comes later.
            let name = parts[0].trimmingCharacters(in: .whitespaces)
            if values[name] == nil { values[name] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        self.values = values
    }

    package subscript(name: String) -> String? { values[name] }

    /// A `Set-Cookie` value: for this host only, never readable by scripts, not sent along from other sites' forms.
    ///
    /// - Parameter seconds: how long the browser keeps it; nil ends with the browser, 0 removes it.
    static func set(_ name: String, _ value: String, seconds: Int?, _ address: SiteAddress) -> String {
        var text = "\(address.cookieName(name))=\(value); Path=/; HttpOnly; SameSite=Lax"
        if address.isSecure { text += "; Secure" }
        if let seconds { text += "; Max-Age=\(seconds)" }
        return text
    }
}

extension HTTPFields {
    mutating func addCookie(_ cookie: String) { append(HTTPField(name: .setCookie, value: cookie)) }
}
