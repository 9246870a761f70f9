package import Credentials

/// Why an act on one's own account was not done. The texts stand in `people.refusal_<code>`.
package enum AccountRefusal: String, Error, Sendable, CaseIterable {
    /// The session is over, or is not this person's.
    case sessionOver = "session_over"
    /// A factor has to be proven first: the last proof is too long ago (ASVS 5.0, 7.5.3).
    case stepUpNeeded = "step_up_needed"
    case codeWrong = "code_wrong"
    case passwordWrong = "password_wrong"
    /// Whoever works for the platform must keep a second factor (requirement B5).
    case factorRequired = "factor_required"
    /// There is nothing to confirm, or it has been confirmed already.
    case nothingToConfirm = "nothing_to_confirm"
    case passkeyRefused = "passkey_refused"
    case passkeyKnown = "passkey_known"
    case passkeysTooMany = "passkeys_too_many"
    case nameMalformed = "name_malformed"
    case emailMalformed = "email_malformed"
    /// The link was used, has expired, or never was one.
    case linkOver = "link_over"
    /// Too many attempts.
    case throttled
    /// Too many sign in at this moment; trying again soon will do.
    case busy

    /// The key of its text.
    package var key: String { "people.refusal_\(rawValue)" }
}

extension PasswordRefusal {
    /// The key of its text.
    package var key: String { "people.refusal_password_\(rawValue)" }
}
