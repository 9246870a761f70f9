package import Foundation
package import Kernel
package import Localization

/// A company that this installation answers the telephone for.
package struct Tenant: Sendable, Hashable {
    package let id: TenantID
    package let slug: TenantSlug
    package let name: String
    package let state: TenantState
    package let settings: TenantSettings
    package let bounds: TenantBounds
    /// Whether its people see anything only with a second factor; owners say so.
    package let requiresSecondFactor: Bool
    package let createdAt: Date

    package init(
        id: TenantID,
        slug: TenantSlug,
        name: String,
        state: TenantState,
        settings: TenantSettings,
        bounds: TenantBounds,
        requiresSecondFactor: Bool = false,
        createdAt: Date
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.state = state
        self.settings = settings
        self.bounds = bounds
        self.requiresSecondFactor = requiresSecondFactor
        self.createdAt = createdAt
    }
}

package enum TenantState: String, Sendable, Hashable, CaseIterable {
    case active
    /// Calls are refused with a neutral announcement; everything stays as it is.
    case suspended
    /// Off-boarded for good.
    case closed
}

/// What a tenant decides for itself.
package struct TenantSettings: Sendable, Hashable {
    /// ISO 3166-1 alpha-2: how the tenant's people write telephone numbers.
    package var region: String
    /// Of pages, mails and the system's own sentences.
    package var language: Language
    /// IANA name; what the tenant calls today and a month.
    package var timeZone: String
    /// ISO 3166-1 regions to which calls may be handed over (decision 18).
    package var allowedCountries: Set<String>
    /// Where a call goes that cannot be answered; nil means a spoken apology.
    package var overflow: E164?
    /// The model's name; nil means the installation's.
    package var model: String?
    /// The entry in the operator's list of model providers; nil means the installation's (decision 25).
    package var modelEntry: String?

    package init(
        region: String = "AT",
        language: Language = .de,
        timeZone: String = "Europe/Vienna",
        allowedCountries: Set<String> = ["AT", "DE", "CH", "LI"],
        overflow: E164? = nil,
        model: String? = nil,
        modelEntry: String? = nil
    ) {
        self.region = region
        self.language = language
        self.timeZone = timeZone
        self.allowedCountries = allowedCountries
        self.overflow = overflow
        self.model = model
        self.modelEntry = modelEntry
    }
}

/// What the platform allows a tenant (decision 19).
package struct TenantBounds: Sendable, Hashable {
    /// Calls at the same time; 0 or more.
    package var concurrentCalls: Int
    /// The longest conversation with the agent in seconds; more than 0.
    package var callSeconds: Int

    package init(concurrentCalls: Int = 10, callSeconds: Int = 1_800) {
        self.concurrentCalls = concurrentCalls
        self.callSeconds = callSeconds
    }
}

/// A tenant's short name in commands and addresses: 1 to 63 small letters, digits and inner dashes.
package struct TenantSlug: Sendable, Hashable, CustomStringConvertible {
    package let value: String

    package init?(_ value: String) {
        let bytes = Array(value.utf8)
        let dash = UInt8(ascii: "-")
        guard (1...63).contains(bytes.count), bytes.first != dash, bytes.last != dash,
            bytes.allSatisfy({ byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == dash
            })
        else { return nil }
        self.value = value
    }

    package var description: String { value }
}
