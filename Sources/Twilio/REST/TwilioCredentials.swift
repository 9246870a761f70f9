package import Kernel

/// Who we are at the carrier.
package struct TwilioCredentials: Sendable, Equatable {
    package let accountSid: AccountSid
    package let token: Secret

    package init(accountSid: AccountSid, token: Secret) {
        self.accountSid = accountSid
        self.token = token
    }
}
