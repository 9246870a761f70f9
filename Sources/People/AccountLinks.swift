package import Credentials

/// The addresses that mails lead to. `App` knows the pages; this room only adds the token.
package struct AccountLinks: Sendable, Hashable {
    /// The page with a person's factors and sessions.
    package let security: String
    private let password: String
    private let email: String

    /// - Parameters:
    ///   - security: the whole address of the page about one's security.
    ///   - password: the address of the page that sets a password, up to and with the slash before the token.
    ///   - email: the address of the page that confirms a new mail address, likewise.
    package init(security: String, password: String, email: String) {
        self.security = security
        self.password = password
        self.email = email
    }

    package func password(_ token: RandomToken) -> String { password + token.reveal() }

    package func email(_ token: RandomToken) -> String { email + token.reveal() }
}
