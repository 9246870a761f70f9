package import Kernel

/// The carrier's accounts whose signatures are believed, by their identifier (decision 23).
package struct CarrierAccounts: Sendable {
    private let tokens: [AccountSid: [Secret]]

    /// - Parameter tokens: each account's token, or two of them while it is being changed.
    package init(_ tokens: [AccountSid: [Secret]]) {
        self.tokens = tokens
    }

    /// None for an account we do not know.
    func tokens(of account: AccountSid) -> [Secret] { tokens[account] ?? [] }
}
