package import Kernel
package import Twilio

extension CarrierNumbers {
    /// The numbers of one Twilio account. What its answer's text claims is compared again by `NumberBook`.
    package static func twilio(_ client: TwilioClient) -> CarrierNumbers {
        CarrierNumbers { number in
            try await client.incomingNumber(exactly: number).map { found in
                CarrierNumber(
                    e164: found.number,
                    account: found.accountSid,
                    sid: found.sid,
                    isRoutedElsewhere: found.override != nil
                )
            }
        }
    }
}
