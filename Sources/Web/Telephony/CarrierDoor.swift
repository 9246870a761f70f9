import Foundation
import HTTPTypes
import Kernel
import NIOCore
package import Telemetry
import Twilio

/// Lets in what the carrier has signed, and nothing else (requirements H4, H6).
///
/// The URL that was signed is the configured public address with the request's own path and query; no header has a say
/// in it. Size and method were checked before, limits and the call itself come after (decision 11).
package struct CarrierDoor: Sendable {
    private let accounts: CarrierAccounts
    private let addresses: TelephonyAddresses
    private let refused: @Sendable (_ reason: String) -> Counter

    package init(accounts: CarrierAccounts, addresses: TelephonyAddresses, metrics: Metrics) {
        self.accounts = accounts
        self.addresses = addresses
        refused = { reason in
            metrics.counter(
                "voiceagent_webhooks_refused_total",
                help: "Requests in the carrier's name that were not let in.",
                labels: [("outcome", reason)]
            )
        }
    }

    /// The form of a signed request, its pairs in their order.
    ///
    /// - Throws: `WebFailure`.
    func form(of request: IncomingRequest) throws -> [(String, String)] {
        guard isForm(request) else { throw refusal(.init(.unsupportedMediaType, "not_a_form"), "media_type") }
        let form: [(String, String)]
        do {
            form = try FormBody.parse(request.body.readableBytesView)
        } catch {
            throw refusal(.init(.badRequest, error.code), "form")
        }
        guard let signature = request.header(TwilioSignature.headerName),
            let account = form.first(where: { $0.0 == "AccountSid" }).flatMap({ AccountSid($0.1) })
        else { throw refusal(.forbidden, "unsigned") }
        let isSigned = TwilioSignature.isValid(
            header: signature,
            url: addresses.signed(request.target),
            parameters: form,
            tokens: accounts.tokens(of: account)
        )
        guard isSigned else { throw refusal(.forbidden, "signature") }
        return form
    }

    private func isForm(_ request: IncomingRequest) -> Bool {
        let type = (request.header("Content-Type") ?? "").prefix { $0 != ";" }
        return type.trimmingCharacters(in: .whitespaces).lowercased() == "application/x-www-form-urlencoded"
    }

    private func refusal(_ failure: WebFailure, _ reason: String) -> WebFailure {
        refused(reason).increment()
        return failure
    }
}
