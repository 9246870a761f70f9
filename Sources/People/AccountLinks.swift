package import Credentials

/// The addresses that mails to people lead to (decision 30).
package struct AccountLinks: Sendable, Hashable {
    private let base: String

    /// - Parameter base: the installation's public address without a slash at its end.
    package init(base: String) {
        self.base = base
    }

    /// The page with a person's factors and sessions.
    package var security: String { "\(base)/sicherheit" }

    /// Where a password is set.
    package func password(_ token: RandomToken) -> String { "\(base)/passwort/\(token.reveal())" }

    /// Where a new mail address is confirmed.
    package func email(_ token: RandomToken) -> String { "\(base)/email/\(token.reveal())" }
}
