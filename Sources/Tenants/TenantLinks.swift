package import Credentials

/// The addresses that a tenant's mails lead to (decision 30).
package struct TenantLinks: Sendable, Hashable {
    private let base: String

    /// - Parameter base: the installation's public address without a slash at its end.
    package init(base: String) {
        self.base = base
    }

    package func invitation(_ token: RandomToken) -> String { "\(base)/einladung/\(token.reveal())" }

    package var keys: String { "\(base)/api-schluessel" }
    package var audit: String { "\(base)/audit-protokoll" }
    package var settings: String { "\(base)/einstellungen" }
}
