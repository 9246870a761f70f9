import Foundation

/// Where the web application is reached from outside: scheme, host and port, without a path.
package struct SiteAddress: Sendable, Hashable {
    /// As browsers write it in `Origin`: `https://voiceagent.example`.
    package let origin: String
    package let host: String
    package let isSecure: Bool

    /// Nil unless `publicBaseURL` begins with `https://` or `http://` and names a host.
    package init?(publicBaseURL: String) {
        guard let parts = URLComponents(string: publicBaseURL), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http"
        else { return nil }
        isSecure = scheme == "https"
        self.host = host.lowercased()
        let port = parts.port.flatMap { $0 == (scheme == "https" ? 443 : 80) ? nil : $0 }
        origin = "\(scheme)://\(host.lowercased())" + (port.map { ":\($0)" } ?? "")
    }

    /// Browsers keep the prefix's promise only over HTTPS; without it (loopback) the plain name is used (decision 27).
    func cookieName(_ name: String) -> String { isSecure ? "__Host-\(name)" : name }
}
