/// A URL in the spellings under which the carrier may have signed it.
///
/// Which one it uses is not consistent (so says a comment in the vendor's own validator): with or without the port, and
/// with the query as sent, as a URL parser escapes it, or decoded and written anew. User name and password are never
/// signed, and neither is the fragment, which only carries connection overrides.
struct SignedURL {
    private let scheme: Substring
    private let host: Substring
    private let port: Substring?
    private let path: Substring
    private let query: Substring?

    /// Nil unless `url` has a scheme and a host, and its port, if any, is a number. Nothing is decoded or normalised.
    init?(_ url: String) {
        var rest = Substring(url)
        if let fragment = rest.utf8.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<fragment] }
        guard let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")), rest[colon...].utf8.starts(with: "://".utf8)
        else { return nil }
        scheme = rest[..<colon]
        rest = rest[rest.utf8.index(colon, offsetBy: 3)...]

        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[rest.utf8.index(after: mark)...]
            rest = rest[..<mark]
        } else {
            query = nil
        }
        let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        path = rest[slash...]
        var authority = rest[..<slash]
        if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
            authority = authority[authority.utf8.index(after: at)...]
        }
        // The colons of an IPv6 address stand inside brackets.
        let bracket = authority.utf8.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        if let colon = authority[bracket...].utf8.lastIndex(of: UInt8(ascii: ":")) {
            let digits = authority[authority.utf8.index(after: colon)...]
            guard UInt16(digits) != nil, digits.utf8.first != UInt8(ascii: "+") else { return nil }
            port = digits
            host = authority[..<colon]
        } else {
            port = nil
            host = authority
        }
        guard !scheme.isEmpty, !host.isEmpty else { return nil }
    }

    private init(_ other: SignedURL, path: Substring) {
        scheme = other.scheme
        host = other.host
        port = other.port
        self.path = path
        query = other.query
    }

    /// Every spelling once.
    var spellings: [String] {
        let ports = ["", ":" + (port.map(String.init) ?? standardPort)]
        let queries = query.map { query in [String(query), Self.escaped(query), LegacyQuery.rewritten(query)] }
        var spellings: [String] = []
        for suffix in queries?.map({ "?" + $0 }) ?? [""] {
            for port in ports {
                let spelling = "\(scheme)://\(host)\(port)\(path)\(suffix)"
                if !spellings.contains(where: { $0.utf8.elementsEqual(spelling.utf8) }) { spellings.append(spelling) }
            }
        }
        return spellings
    }

    /// The same URL with a slash at the end of its path, or without it if it has one.
    var withOtherEnding: SignedURL {
        path.utf8.last == UInt8(ascii: "/")
            ? SignedURL(self, path: path.dropLast()) : SignedURL(self, path: path + "/")
    }

    /// The decoded value of the first parameter of that name in the query.
    func queryValue(_ name: String) -> String? {
        query.flatMap { LegacyQuery.pairs(in: $0).first { $0.name == name }?.value }
    }

    private var standardPort: String { scheme == "https" || scheme == "wss" ? "443" : "80" }

    /// What a URL parser escapes in a query that a client may have left as it is (URL standard, special-query set).
    private static func escaped(_ query: Substring) -> String {
        PercentEncoding.encoded(query.utf8) { byte in
            switch byte {
            case 0...0x20, 0x7F..., UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "<"), UInt8(ascii: ">"),
                UInt8(ascii: "'"):
                false
            default: true
            }
        }
    }
}
