import Calls
import Database
import Flows
import Foundation
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

extension CallRecall {
    /// By the carrier's REST interface.
    ///
    /// - Parameter address: where the carrier asks then; it must be one of a process that lives.
    static func redirecting(by client: TwilioClient, to address: String) -> CallRecall {
        CallRecall { call in
            do {
                try await client.redirect(call: call, to: address)
                return .asked
            } catch let error as TwilioError {
                if error.meansCallIsOver { return .over }
                return error.isRetryable ? .unavailable : .refused
            } catch {
                return .unavailable
            }
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
