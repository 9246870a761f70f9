package import Kernel

/// Where Redis is: `redis://[user:password@]host[:port][/database]`, or a Unix socket as
/// `unix://[user:password@]/path/to.sock[?db=1]` (also spelled `redis+unix:` and `redis+socket:`).
package struct RedisURL: Sendable, Equatable {
    package enum Location: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unixSocket(path: String)
    }

    package enum Refusal: Error, Equatable, CustomStringConvertible {
        case unknownScheme
        /// TLS is not spoken: the connection is meant for loopback, a socket or a private network.
        case encryptionUnsupported
        case missingHost
        case missingPath
        case invalidPort
        case invalidDatabase

        package var description: String {
            switch self {
            case .unknownScheme: "begins with neither redis: nor unix:"
            case .encryptionUnsupported: "rediss: is not supported, use a private network or a socket"
            case .missingHost: "names no host"
            case .missingPath: "names no socket"
            case .invalidPort: "the port is not a number from 1 to 65535"
            case .invalidDatabase: "the database is not a number from 0 to 65535"
            }
        }
    }

    package let location: Location
    package let user: String?
    package let password: Secret?
    package let database: Int

    package init(_ text: String) throws(Refusal) {
        guard let scheme = text.split(separator: ":", maxSplits: 1).first, text.hasPrefix("\(scheme)://") else {
            throw .unknownScheme
        }
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest.dropFirst(authority.count)
        let credentials: Substring
        let host: Substring
        if let at = authority.lastIndex(of: "@") {
            credentials = authority[..<at]
            host = authority[authority.index(after: at)...]
        } else {
            credentials = ""
            host = authority
        }
        (user, password) = Self.account(credentials)
        switch scheme {
        case "redis":
            location = try Self.tcp(host)
            database = try Self.database(tail.hasPrefix("/") ? tail.dropFirst().prefix { $0 != "?" } : "")
        case "unix", "redis+unix", "redis+socket":
            let path = tail.prefix { $0 != "?" }
            guard host.isEmpty, path.count > 1 else { throw .missingPath }
            location = .unixSocket(path: Self.decoded(path))
            let query = tail.dropFirst(path.count).dropFirst().split(separator: "&")
            database = try Self.database(query.first { $0.hasPrefix("db=") }?.dropFirst(3) ?? "")
        case "rediss": throw .encryptionUnsupported
        default: throw .unknownScheme
        }
    }

    private static func account(_ text: Substring) -> (user: String?, password: Secret?) {
        guard !text.isEmpty else { return (nil, nil) }
        guard let colon = text.firstIndex(of: ":") else { return (nil, Secret(decoded(text))) }
        let user = decoded(text[..<colon])
        return (user.isEmpty ? nil : user, Secret(decoded(text[text.index(after: colon)...])))
    }

    private static func tcp(_ authority: Substring) throws(Refusal) -> Location {
        let host: Substring
        let port: Substring
        if authority.hasPrefix("["), let bracket = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            port = authority[bracket...].dropFirst()
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority.dropFirst(host.count)
        }
        guard !host.isEmpty else { throw .missingHost }
        guard !port.isEmpty else { return .tcp(host: String(host), port: 6_379) }
        guard port.first == ":", let number = Int(port.dropFirst()), (1...65_535).contains(number) else {
            throw .invalidPort
        }
        return .tcp(host: String(host), port: number)
    }

    private static func database(_ text: Substring) throws(Refusal) -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = Int(text), (0...65_535).contains(number) else { throw .invalidDatabase }
        return number
    }

    /// Percent-decoding; a `%` that introduces nothing stays.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
