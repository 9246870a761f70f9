/// Where a gRPC service is reached.
///
/// `eu-speech.googleapis.com` and `https://host:port` mean TLS, `http://host:port` plain text (decision 24).
package struct GoogleEndpoint: Sendable, Hashable {
    package let host: String
    package let port: Int
    package let isPlaintext: Bool

    /// Nil unless `text` is a host, optionally with a scheme and a port; a path, a query or user information is none.
    package init?(_ text: String) {
        var rest = Substring(text)
        var plaintext = false
        if rest.hasPrefix("http://") {
            plaintext = true
            rest = rest.dropFirst("http://".count)
        } else if rest.hasPrefix("https://") {
            rest = rest.dropFirst("https://".count)
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let (host, port) = Self.split(rest) else { return nil }
        guard !host.isEmpty, !host.contains(where: { "/?#@ \t".contains($0) }) else { return nil }
        guard port != "" else { return nil }
        let number = port.map { Int($0) } ?? (plaintext ? 80 : 443)
        guard let number, (1...65_535).contains(number) else { return nil }
        self.host = String(host)
        self.port = number
        isPlaintext = plaintext
    }

    /// The service of a location: `global` has the plain name, every other location its own host.
    init(service: String, location: String) {
        host = location == "global" ? "\(service).googleapis.com" : "\(location)-\(service).googleapis.com"
        port = 443
        isPlaintext = false
    }

    var isIPv4: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    var isIPv6: Bool { host.contains(":") }

    private static func split(_ text: Substring) -> (host: Substring, port: Substring?)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            if tail.isEmpty { return (host, nil) }
            return tail.hasPrefix(":") ? (host, tail.dropFirst()) : nil
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return (text, nil)
        case 2: return (parts[0], parts[1])
        default: return nil
        }
    }
}
