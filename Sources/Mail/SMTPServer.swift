import Foundation
package import Kernel

/// The server that takes our mail, and how it is spoken to.
package struct SMTPServer: Sendable {
    package enum Encryption: String, Sendable, Hashable {
        /// Nothing is said before the connection is encrypted and the certificate checked.
        case required
        /// Encrypted if the server offers it. Name and password are not given to such a server.
        case opportunistic
        /// In clear; on the loopback interface only.
        case none
    }

    package enum Refusal: String, Error, Sendable {
        /// Not `smtp://[user@]host[:port]` or `smtps://[user@]host[:port]`.
        case url = "mail_url"
        /// The password belongs into a setting of its own, because an address is printed.
        case passwordInURL = "mail_url_password"
        /// A password without a user, or the reverse.
        case credentials = "mail_credentials"
        /// A name and password would travel where encryption is not certain.
        case credentialsInClear = "mail_credentials_in_clear"
        /// Mail without encryption to another machine.
        case clearToOthers = "mail_tls_none"
    }

    package let host: String
    /// 465 for `smtps`, 587 for `smtp`, unless stated.
    package let port: Int
    /// Encrypted from the first byte on (`smtps`).
    package let isImplicitTLS: Bool
    package let encryption: Encryption
    package let user: String?
    package let password: Secret?
    /// A file with the certificates to trust instead of the system's.
    package let caFile: String?

    /// - Parameter user: in place of the one in `url`.
    package init(
        url: String,
        user: String? = nil,
        password: Secret? = nil,
        tls: Encryption = .required,
        caFile: String? = nil
    ) throws(Refusal) {
        guard url.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }),
            let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            scheme == "smtp" || scheme == "smtps", let host = parts.host, !host.isEmpty,
            parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil,
            (1...65_535).contains(parts.port ?? 587)
        else { throw .url }
        guard parts.password == nil else { throw .passwordInURL }
        let user = user ?? parts.user
        guard (user == nil) == (password == nil), user?.isEmpty != true, password?.isEmpty != true else {
            throw .credentials
        }
        let isLoopback = host == "localhost" || host == "[::1]" || host == "::1" || host.hasPrefix("127.")
        if scheme == "smtp", !isLoopback {
            if tls == .none { throw .clearToOthers }
            if tls == .opportunistic, user != nil { throw .credentialsInClear }
        }
        self.host = host
        isImplicitTLS = scheme == "smtps"
        port = parts.port ?? (isImplicitTLS ? 465 : 587)
        encryption = tls
        self.user = user
        self.password = password
        self.caFile = caFile
    }
}
