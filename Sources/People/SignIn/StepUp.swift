package import Credentials
import Database
package import Foundation
package import Kernel

/// Proves a factor again in a running session, for sensitive acts (ASVS 5.0, 7.5.3). A proof lasts ten minutes.
package struct StepUp: Sendable {
    private let parts: PeopleParts

    package init(_ parts: PeopleParts) {
        self.parts = parts
    }

    /// By the password and a code of the authenticator app or a recovery code: a proof is a whole sign-in
    /// (ASVS 5.0, 7.5.1). A wrong password spends no code.
    package func prove(
        session: WebSessionID,
        password: Password,
        code: String,
        from origin: RequestOrigin
    ) async throws -> ProofOutcome {
        if let wait = await parts.throttle.proof(session) { return .throttled(retryAfter: wait) }
        let now = parts.time.now()
        guard let (account, isRight) = try await verify(password, session, at: now) else { return .sessionOver }
        guard let isRight else { return .busy }
        let check = CodeCheck(parts: parts, now: now)
        return try await parts.database.withPeople { transaction in
            let factor = isRight ? try check.accept(code, of: account.person, in: transaction) : nil
            return try Self.settle(session, of: account, by: factor?.rawValue, from: origin, at: now, in: transaction)
        }
    }

    /// By the password, for people without a second factor; anybody else is refused.
    package func prove(
        session: WebSessionID,
        password: Password,
        from origin: RequestOrigin
    ) async throws -> ProofOutcome {
        if let wait = await parts.throttle.proof(session) { return .throttled(retryAfter: wait) }
        let now = parts.time.now()
        guard let (account, isRight) = try await verify(password, session, at: now) else { return .sessionOver }
        guard let isRight else { return .busy }
        let isProven = isRight && !account.hasSecondFactor
        return try await parts.database.withPeople { transaction in
            try Self.settle(
                session,
                of: account,
                by: isProven ? "password" : nil,
                from: origin,
                at: now,
                in: transaction
            )
        }
    }

    /// What a browser needs to prove a passkey; nil if the session is over.
    package func passkeyRequest(session: WebSessionID) async throws -> PasskeyRequest? {
        let now = parts.time.now()
        let account = try await parts.database.withPeople { transaction in
            try Self.account(session, at: now, in: transaction)
        }
        guard let account else { return nil }
        return try await PasskeyCheck(parts: parts).request(.secondFactor, person: account.person.id, session: session)
    }

    package func prove(
        session: WebSessionID,
        passkey response: Data,
        challenge: UUID,
        from origin: RequestOrigin
    ) async throws -> ProofOutcome {
        let now = parts.time.now()
        let check = PasskeyCheck(parts: parts)
        return try await parts.database.withPeople { transaction in
            guard let account = try Self.account(session, at: now, in: transaction) else { return .sessionOver }
            let verdict = try check.accept(
                response,
                challenge,
                .secondFactor,
                session: session,
                at: now,
                in: transaction
            )
            let factor = verdict.owner == account.person.id ? verdict.detail : nil
            return try Self.settle(session, of: account, by: factor, from: origin, at: now, in: transaction)
        }
    }

    /// Nil if the session is over; without a verdict if too many passwords are being judged.
    private func verify(
        _ password: Password,
        _ session: WebSessionID,
        at date: Date
    ) async throws -> (account: Account, isRight: Bool?)? {
        let account = try await parts.database.withPeople { transaction in
            try Self.account(session, at: date, in: transaction)
        }
        guard let account else { return nil }
        do {
            return (account, try await parts.hasher.verify(password, account.hash) != .wrong)
        } catch .busy {
            return (account, nil)
        }
    }

    /// The account of a running session that everything is served to.
    static func account(_ session: WebSessionID, at date: Date, in transaction: Transaction) throws -> Account? {
        guard let row = try WebSessionQueries(transaction: transaction).locked(session, at: date), row.level == .full
        else { return nil }
        return try PersonQueries(transaction: transaction).account(row.person)
    }

    private static func settle(
        _ session: WebSessionID,
        of account: Account,
        by factor: String?,
        from origin: RequestOrigin,
        at date: Date,
        in transaction: Transaction
    ) throws -> ProofOutcome {
        if factor != nil { try WebSessionQueries(transaction: transaction).prove(session, at: date) }
        try SignInEvent(
            factor == nil ? .secondFactorFailed : .factorProven,
            of: account.person.id,
            detail: factor,
            session: session,
            from: origin,
            at: date
        ).record(in: transaction)
        return factor == nil ? .refused : .proven
    }
}
