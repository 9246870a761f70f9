package import Kernel
import PhoneNumbers
package import Tenants

/// To which numbers a tenant's calls may be handed over (decision 18).
package struct HandOverDestination: Sendable, Hashable {
    package let allowedCountries: Set<String>
    /// Calling one of them would come back in a circle.
    package let ownNumbers: Set<E164>

    package init(allowedCountries: Set<String>, ownNumbers: Set<E164>) {
        self.allowedCountries = allowedCountries
        self.ownNumbers = ownNumbers
    }

    /// Why not. `numbers.destination_<code>` is its text.
    package enum Refusal: String, Sendable, CaseIterable {
        case notANumber = "not_a_number"
        case emergency
        case service
        case premium
        case country
        case ownNumber = "own_number"
    }

    /// Nil if calls may be handed to `number`.
    package func check(_ number: E164) -> Refusal? {
        // The region only helps with national spellings, and there are none in E.164.
        switch PhoneNumberParser().parse(number.value, region: .austria) {
        case .failure(.emergency): .emergency
        case .failure(.service): .service
        case .failure(.premiumRate): .premium
        case .failure: .notANumber
        case .success(let parsed):
            if parsed.kind == .premiumRate || parsed.kind == .sharedCost {
                .premium
            } else if ownNumbers.contains(number) {
                .ownNumber
            } else if let region = parsed.region, allowedCountries.contains(region) {
                nil
            } else {
                .country
            }
        }
    }
}

extension NumberBook {
    /// What the tenant's settings and numbers allow at this moment; nil if there is no such tenant.
    package func handOverRules(_ tenant: TenantID, tenants: TenantBook) async throws -> HandOverDestination? {
        guard let settings = try await tenants.tenant(tenant)?.settings else { return nil }
        let own = try await numbers(tenant).map(\.e164)
        return HandOverDestination(allowedCountries: settings.allowedCountries, ownNumbers: Set(own))
    }
}
