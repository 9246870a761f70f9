package import Kernel
package import PhoneNumbers

/// Which numbers a list shows.
package struct NumberFilter: Sendable, Hashable {
    package let search: NumberSearch?
    package let state: NumberState?
    package let flow: FlowID?
    /// Only of use to the operator: a tenant sees no others.
    package let tenant: TenantID?

    package init(
        search: NumberSearch? = nil,
        state: NumberState? = nil,
        flow: FlowID? = nil,
        tenant: TenantID? = nil
    ) {
        self.search = search
        self.state = state
        self.flow = flow
        self.tenant = tenant
    }
}

/// What somebody looks for: a number in any spelling, a part of one, or words.
package struct NumberSearch: Sendable, Hashable {
    /// The whole number, if that is what was typed.
    let number: E164?
    /// Digits that stand together in the number; nil if too few were typed to mean a number.
    let digits: String?
    /// Words in the names of flows and tenants.
    let words: String

    /// Nil if nothing was typed.
    ///
    /// - Parameter region: where a number without a country code is dialled.
    package init?(_ typed: String, region: Region) {
        let words = typed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !words.isEmpty else { return nil }
        self.words = words
        number = try? PhoneNumberParser().parse(words, region: region).get().e164
        digits = words.contains(where: \.isLetter) ? nil : Self.digits(words)
    }

    /// Without the zeros that stand in front of a number or in brackets behind its country code.
    private static func digits(_ text: String) -> String? {
        let digits = text.replacing("(0)", with: "").compactMap(\.wholeNumberValue).drop { $0 == 0 }
        return digits.count < 2 ? nil : digits.map(String.init).joined()
    }
}

/// By what a list of numbers is sorted.
package enum NumberOrder: String, Sendable, CaseIterable {
    case number
    case flow
    case since
    case verified
    case tenant
}
