import Database
import Flows
package import Foundation
package import Kernel
import Numbers
import Tenants
import Twilio

extension TimeSource {
    /// The machine's clocks. Only `App` names them.
    package static let system = TimeSource(now: { Date() }, sleep: { try await Task.sleep(for: $0) })
}

extension CarrierNumbers {
    static func twilio(_ client: TwilioClient) -> CarrierNumbers {
        CarrierNumbers { number in
            guard let found = try await client.incomingNumber(exactly: number) else { return nil }
            return CarrierNumber(
                e164: found.number,
                account: found.accountSid,
                sid: found.sid,
                isRoutedElsewhere: found.override != nil
            )
        }
    }
}

extension NumberBook {
    /// Which numbers the flows of a tenant may hand over to (decision 18).
    func targetRules(tenants: TenantBook) -> FlowLibrary.TargetRules {
        { tenant in
            let rules = try await handOverRules(tenant, tenants: tenants)
            return { number in
                guard let rules else { return HandOverDestination.Refusal.country.rawValue }
                return rules.check(number)?.rawValue
            }
        }
    }
}
