import Calls
import Database
import Flows
import Foundation
package import Kernel
import Numbers
import Tenants
import Twilio
import Web

extension TimeSource {
    /// The machine's clocks. Only `App` names them.
    package static let system = TimeSource(now: { Date() }, sleep: { try await Task.sleep(for: $0) })
}

extension CarrierNumbers {
    /// - Parameter addresses: where calls shall come to; without, only what overrides every address is noticed, and
    ///   nothing is changed.
    static func twilio(_ client: TwilioClient, addresses: TelephonyAddresses?) -> CarrierNumbers {
        guard let addresses else {
            return CarrierNumbers { number in
                guard let found = try await client.incomingNumber(exactly: number) else { return nil }
                return CarrierNumber(
                    e164: found.number,
                    account: found.accountSid,
                    sid: found.sid,
                    route: CarrierRoute(found.override)
                )
            }
        }
        let ours = VoiceAddresses(voice: addresses.voice, fallback: addresses.fallback, status: addresses.status)
        return CarrierNumbers(
            find: { number in
                guard let found = try await client.incomingNumber(exactly: number) else { return nil }
                let hasFallback = CarrierRoute.hasPath(of: ours.fallback, found.voiceFallbackURL)
                return CarrierNumber(
                    e164: found.number,
                    account: found.accountSid,
                    sid: found.sid,
                    route: CarrierRoute(found, ours: ours),
                    otherFallback: hasFallback ? found.voiceFallbackURL : nil
                )
            },
            direct: { number in
                let fallback = number.otherFallback ?? ours.fallback
                try await client.direct(
                    number.sid,
                    to: VoiceAddresses(voice: ours.voice, fallback: fallback, status: ours.status)
                )
            }
        )
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
