package import Kernel

/// A subscriber's number that exists according to its country's numbering plan.
package struct PhoneNumber: Hashable, Sendable {
    /// What is stored, compared, cached and, masked, logged.
    package let e164: E164
    /// What the person typed, for display only.
    package let typed: String
    /// ISO 3166-1 alpha-2; nil for codes that belong to no country (+800, +870, +883, …).
    package let region: String?
    package let kind: Kind

    package init(e164: E164, typed: String, region: String?, kind: Kind) {
        self.e164 = e164
        self.typed = typed
        self.region = region
        self.kind = kind
    }

    /// What the numbering plan says about who pays and what answers. Raw values are libphonenumber's names.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case fixedLine = "fixed_line"
        case mobile
        /// The plan does not tell the two apart, as in North America.
        case fixedLineOrMobile = "fixed_line_or_mobile"
        case tollFree = "toll_free"
        case premiumRate = "premium_rate"
        case sharedCost = "shared_cost"
        case voip
        case personal = "personal_number"
        case pager
        /// One number for a whole company ("universal access number").
        case uan
        case voicemail
        case unknown
    }
}

extension PhoneNumber: CustomStringConvertible, CustomDebugStringConvertible {
    /// Masked like the number itself; what was typed never shows.
    package var description: String { "\(e164.masked) \(kind.rawValue)" }
    package var debugDescription: String { description }
}
