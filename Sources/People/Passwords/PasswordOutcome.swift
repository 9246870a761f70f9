package import Credentials

/// What came of a new password.
package enum PasswordOutcome: Sendable {
    /// By a link: no session. The cookie of known devices, so that its owner can sign in while others try.
    case set(devices: KnownDevices)
    /// By its owner: the session with another token; all other sessions are over.
    case changed(NewSession)
    /// The new password is not good enough.
    case weak(PasswordRefusal)
    case refused(AccountRefusal)
}
