package import Foundation
package import Kernel

/// A passkey, as its owner sees it.
package struct PasskeyLine: Sendable, Hashable {
    package let id: PasskeyID
    package let name: String
    /// Whether a provider keeps it and copies it to other devices.
    package let isBackedUp: Bool
    package let createdAt: Date
    package let lastUsedAt: Date?

    package init(id: PasskeyID, name: String, isBackedUp: Bool, createdAt: Date, lastUsedAt: Date?) {
        self.id = id
        self.name = name
        self.isBackedUp = isBackedUp
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}
