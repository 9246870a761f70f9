import Database
import Foundation
import Kernel

/// Something that happened to somebody's sign-in. It is written in the transaction in which it happened; `SignInLedger`
/// copies it into the audit chains.
struct SignInEvent: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case signedIn = "signed_in"
        case signInFailed = "sign_in_failed"
        case secondFactorFailed = "second_factor_failed"
        /// In a running session, for a sensitive act.
        case factorProven = "factor_proven"
        case sessionEnded = "session_ended"
        case sessionsEnded = "sessions_ended"
        case passwordChanged = "password_changed"
        case passwordResetRequested = "password_reset_requested"
        case passwordReset = "password_reset"
        case factorAdded = "factor_added"
        case factorRemoved = "factor_removed"
        case recoveryCodesRenewed = "recovery_codes_renewed"
        case passkeyRenamed = "passkey_renamed"
        case emailChangeRequested = "email_change_requested"
        case emailChanged = "email_changed"
        case personChanged = "person_changed"

        /// Attempts can come in any number, so that the chains count those of one kind and network together.
        var isAttempt: Bool {
            switch self {
            case .signInFailed, .secondFactorFailed, .passwordResetRequested: true
            default: false
            }
        }
    }

    let kind: Kind
    let person: PersonID?
    let detail: String?
    let session: WebSessionID?
    let addressPrefix: String
    let requestID: String?
    let at: Date

    init(
        _ kind: Kind,
        of person: PersonID?,
        detail: String? = nil,
        session: WebSessionID? = nil,
        from origin: RequestOrigin,
        at: Date
    ) {
        self.kind = kind
        self.person = person
        self.detail = detail
        self.session = session
        addressPrefix = origin.addressPrefix
        requestID = origin.requestID
        self.at = at
    }

    /// Attempts, and what happens to people of the platform, wait for the platform's chain as well.
    func record(in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO sign_in_event (person_id, kind, detail, session_id, address_prefix, request_id, at,
                platform_recorded_at)
            VALUES (\(person), \(kind.rawValue), \(detail), \(session), \(addressPrefix), \(requestID), \(at),
                CASE WHEN \(kind.isAttempt) OR EXISTS (SELECT FROM platform_member WHERE person_id = \(person)::uuid)
                    THEN NULL ELSE \(at)::timestamptz END)
            """
        )
    }
}
