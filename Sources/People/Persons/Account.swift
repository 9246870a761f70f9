import Credentials
package import Database
import Foundation
import Kernel
import Localization

/// A person with what the procedures of signing in have to know.
struct Account: Sendable {
    let person: Person
    let isActive: Bool
    /// Nil until a password was chosen, and for a hash that cannot be read.
    let hash: PasswordHash?
    let passwordChangedAt: Date?
    let platformRole: PlatformRole?
    let hasTOTP: Bool
    let passkeys: Int

    var hasSecondFactor: Bool { hasTOTP || passkeys > 0 }
    /// Whoever works for the platform must have a second factor (requirement B5).
    var needsSecondFactor: Bool { platformRole != nil }
}

extension Account {
    init(row: Row) throws {
        person = try Person(row: row)
        isActive = try row.get("state", as: String.self) == "active"
        hash = try row.getOptional("password_hash", as: String.self).flatMap(PasswordHash.init)
        passwordChangedAt = try row.getOptional("password_changed_at")
        platformRole = try row.getOptional("platform_role")
        hasTOTP = try row.get("has_totp")
        passkeys = try row.get("passkeys")
    }
}

extension Person {
    /// From the columns `id`, `email`, `name`, `language` and `theme`.
    package init(row: Row) throws {
        self.init(
            id: try row.get("id"),
            email: try row.get("email"),
            name: try row.get("name"),
            language: Language(rawValue: try row.get("language")) ?? .de,
            theme: try row.get("theme")
        )
    }
}
