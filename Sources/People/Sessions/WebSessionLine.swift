package import Foundation
package import Kernel

/// A running session, as its owner sees it.
package struct WebSessionLine: Sendable, Hashable {
    package let id: WebSessionID
    /// Whether it is the one that asks.
    package let isCurrent: Bool
    package let createdAt: Date
    package let seenAt: Date
    /// Empty if it is not known.
    package let addressPrefix: String
    package let browser: BrowserName

    package init(
        id: WebSessionID,
        isCurrent: Bool,
        createdAt: Date,
        seenAt: Date,
        addressPrefix: String,
        browser: BrowserName
    ) {
        self.id = id
        self.isCurrent = isCurrent
        self.createdAt = createdAt
        self.seenAt = seenAt
        self.addressPrefix = addressPrefix
        self.browser = browser
    }
}
