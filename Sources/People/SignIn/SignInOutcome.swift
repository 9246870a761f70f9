package import Foundation

/// What came of a password.
package enum SignInOutcome: Sendable {
    /// The person has no second factor and needs none.
    case signedIn(NewSession)
    /// The session is good for nothing but the second factor.
    case secondFactorNeeded(NewSession)
    /// Whoever works for the platform must set up a second factor first; the session is good for nothing else.
    case enrolmentNeeded(NewSession)
    /// Wrong password, unknown or disabled account: one answer after the same work.
    case refused
    case throttled(retryAfter: Duration)
    /// Too many sign in at this moment (503).
    case busy
}

/// What came of a second factor or a passkey.
package enum FactorOutcome: Sendable {
    case signedIn(NewSession)
    case refused
    /// For a code: the session has ended, and the password is asked for again.
    case throttled(retryAfter: Duration)
    /// The session is over; the password is asked for again.
    case sessionOver
}

/// What came of a proof in a running session.
package enum ProofOutcome: Sendable, Equatable {
    case proven
    case refused
    case throttled(retryAfter: Duration)
    case sessionOver
    case busy
}

/// What a browser needs to ask a passkey.
package struct PasskeyRequest: Sendable {
    /// Comes back with the answer.
    package let challenge: UUID
    /// `{"publicKey": …}`.
    package let options: Data

    package init(challenge: UUID, options: Data) {
        self.challenge = challenge
        self.options = options
    }
}
