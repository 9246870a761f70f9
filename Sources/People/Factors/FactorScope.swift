import Credentials
import Database
import Foundation
import Kernel

/// One change of somebody's factors, in the transaction that makes it.
struct FactorScope {
    let parts: PeopleParts
    let transaction: Transaction
    let session: SessionRow
    let account: Account
    let origin: RequestOrigin
    let now: Date

    var person: PersonID { account.person.id }
    var factors: FactorQueries { FactorQueries(transaction: transaction) }
    var passkeys: PasskeyQueries { PasskeyQueries(transaction: transaction) }

    /// Who may change factors: whoever proved one in this session lately; and whoever has shown the password and must
    /// set up the first second factor before anything else is served. Somebody who has a second factor cannot add
    /// another one in its place after the password alone.
    static func open(
        _ id: WebSessionID,
        parts: PeopleParts,
        from origin: RequestOrigin,
        in transaction: Transaction
    ) throws -> Result<FactorScope, AccountRefusal> {
        let now = parts.time.now()
        let sessions = WebSessionQueries(transaction: transaction)
        guard let person = try sessions.owner(of: id),
            let account = try PersonQueries(transaction: transaction).lockedAccount(person),
            let session = try sessions.locked(id, of: person, at: now)
        else { return .failure(.sessionOver) }
        if session.level == .password {
            guard account.needsSecondFactor, !account.hasSecondFactor else { return .failure(.sessionOver) }
        } else if !SessionLimits.isProven(strongAt: session.strongAt, at: now) {
            return .failure(.stepUpNeeded)
        }
        return .success(
            FactorScope(
                parts: parts,
                transaction: transaction,
                session: session,
                account: account,
                origin: origin,
                now: now
            )
        )
    }

    /// The session afterwards: with another token, and with everything served to it if this was its second factor.
    func added(_ factor: String, _ change: PersonMails.FactorChange, _ devices: KnownDevices) throws -> FactorChange {
        let codes = account.hasSecondFactor ? [] : RecoveryCodes.make()
        if !codes.isEmpty { try factors.replaceRecoveryCodes(of: person, by: codes.map(\.hash)) }
        try note(.factorAdded, factor, change)
        if session.level == .full { return FactorChange(session: try rotated(), recoveryCodes: codes) }
        let opening = SessionOpening(parts: parts, devices: devices, origin: origin, now: now)
        let opened = try opening.full(account, raising: session.id, by: "password,\(factor)", in: transaction)
        return FactorChange(session: opened, recoveryCodes: codes)
    }

    func removed(_ factor: String, _ change: PersonMails.FactorChange, isLast: Bool) throws -> NewSession {
        if isLast { try factors.removeRecoveryCodes(of: person) }
        try note(.factorRemoved, factor, change)
        return try rotated()
    }

    func rotated() throws -> NewSession {
        let token = RandomToken()
        try WebSessionQueries(transaction: transaction).rotate(session.id, to: token)
        return NewSession(id: session.id, person: person, level: session.level, token: token)
    }

    func note(_ kind: SignInEvent.Kind, _ detail: String?, _ change: PersonMails.FactorChange) throws {
        try note(kind, detail)
        try parts.mails.factorChanged(account.person, change, in: transaction)
    }

    func note(_ kind: SignInEvent.Kind, _ detail: String?) throws {
        try SignInEvent(kind, of: person, detail: detail, session: session.id, from: origin, at: now)
            .record(in: transaction)
    }
}
