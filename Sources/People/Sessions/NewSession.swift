package import Credentials
package import Kernel

/// A session whose token was just made. The token goes into the cookie and is not shown again.
package struct NewSession: Sendable {
    package let id: WebSessionID
    package let person: PersonID
    package let level: SessionLevel
    package let token: RandomToken
    /// The new value of the cookie of known devices; nil if it stays as it is.
    package let devices: String?

    package init(id: WebSessionID, person: PersonID, level: SessionLevel, token: RandomToken, devices: String? = nil) {
        self.id = id
        self.person = person
        self.level = level
        self.token = token
        self.devices = devices
    }
}

/// Why a session ended.
package enum SessionEnd: String, Sendable, CaseIterable {
    /// By the person, in the session itself.
    case signedOut = "signed_out"
    /// By the person, from another session.
    case revoked
    case passwordChanged = "password_changed"
    case tooManyCodes = "too_many_codes"
    /// Another sign-in took its place in the same browser.
    case replaced
    case disabled
    /// The operator took the second factors away.
    case factorsReset = "factors_reset"
    /// The person works for the platform from now on and has to prove more.
    case appointed
}
