import Credentials
import Database
import Foundation
import Kernel

/// The last step of every way in: a session that everything is served to, the record of it, and a mail if the browser
/// is a new one.
struct SessionOpening: Sendable {
    let parts: PeopleParts
    let devices: KnownDevices
    let origin: RequestOrigin
    let now: Date

    /// A session for whoever has only shown the password.
    func unfinished(_ account: Account, in transaction: Transaction) throws -> NewSession {
        let session = NewSession(id: WebSessionID(), person: account.person.id, level: .password, token: RandomToken())
        try WebSessionQueries(transaction: transaction).insert(
            session,
            from: origin,
            endsAt: now.addingTimeInterval(SessionLimits.unfinished),
            at: now
        )
        return session
    }

    /// - Parameter session: the one that is raised and gets another token; nil makes a new one.
    func full(
        _ account: Account,
        raising session: WebSessionID? = nil,
        by factor: String,
        in transaction: Transaction
    ) throws -> NewSession {
        let signer = parts.devices
        let isKnown = signer.mark(of: account, among: devices) != nil
        let remembered = signer.remember(account.person.id, since: account.passwordChangedAt, in: devices)
        let opened = NewSession(
            id: session ?? WebSessionID(),
            person: account.person.id,
            level: .full,
            token: RandomToken(),
            devices: remembered == devices ? nil : remembered.cookie
        )
        let queries = WebSessionQueries(transaction: transaction)
        let endsAt = now.addingTimeInterval(SessionLimits.absolute)
        if session == nil {
            try queries.insert(opened, from: origin, endsAt: endsAt, at: now)
        } else {
            try queries.raise(opened.id, to: opened.token, endsAt: endsAt, at: now)
        }
        try PersonQueries(transaction: transaction).signedIn(account.person.id, at: now)
        try SignInEvent(.signedIn, of: account.person.id, detail: factor, session: opened.id, from: origin, at: now)
            .record(in: transaction)
        if !isKnown { try parts.mails.newSignIn(account.person, origin, in: transaction) }
        return opened
    }
}
