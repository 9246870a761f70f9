package import Credentials
import Database
package import Foundation
package import Kernel

/// The way in: password, second factor, or a passkey instead of both (requirements B3, B5, B6).
package struct SignIn: Sendable {
    private let parts: PeopleParts

    package init(_ parts: PeopleParts) {
        self.parts = parts
    }

    /// Tries a password. Unknown accounts, disabled ones and wrong passwords cost the same statements and the same work
    /// and get the same answer.
    ///
    /// - Parameters:
    ///   - email: as typed.
    ///   - devices: what the browser's long-lived cookie holds.
    ///   - replacing: the session the browser had until now; it ends when a new one begins.
    package func begin(
        email: String,
        password: Password,
        devices: KnownDevices,
        replacing: WebSessionID? = nil,
        from origin: RequestOrigin
    ) async throws -> SignInOutcome {
        let account = try await parts.database.withPeople {
            try PersonQueries(transaction: $0).account(EmailAddress(email))
        }
        let mark = parts.devices.mark(of: account, among: devices)
        if let wait = await parts.throttle.password(email, mark: mark, from: origin.address) {
            return .throttled(retryAfter: wait)
        }
        let verdict: PasswordHasher.Verdict
        do {
            verdict = try await parts.hasher.verify(password, account?.hash)
        } catch .busy {
            return .busy
        }
        let now = parts.time.now()
        guard case .right(let needsRehash) = verdict, let account, account.isActive else {
            try await parts.database.withPeople {
                try SignInEvent(.signInFailed, of: account?.person.id, from: origin, at: now).record(in: $0)
            }
            return .refused
        }
        let stronger = needsRehash ? try await rehash(password) : nil
        let opening = SessionOpening(parts: parts, devices: devices, origin: origin, now: now)
        let (tried, changed) = (account.hash, account.passwordChangedAt)
        return try await parts.database.withPeople { transaction in
            let people = PersonQueries(transaction: transaction)
            // Locked, so that a new password or a disabled account that came meanwhile wins.
            guard let account = try people.lockedAccount(account.person.id), account.isActive,
                account.passwordChangedAt == changed
            else { return .refused }
            if let tried, let stronger { try people.replace(tried, by: stronger, of: account.person.id) }
            if let replacing {
                _ = try WebSessionQueries(transaction: transaction)
                    .end(replacing, of: account.person.id, .replaced, at: now)
            }
            if account.hasSecondFactor {
                return .secondFactorNeeded(try opening.unfinished(account, in: transaction))
            }
            if account.needsSecondFactor {
                return .enrolmentNeeded(try opening.unfinished(account, in: transaction))
            }
            return .signedIn(try opening.full(account, by: "password", in: transaction))
        }
    }

    /// Tries a code of the authenticator app, or a recovery code, in a session that has shown the password.
    ///
    /// The fifth wrong code in ten minutes ends the session.
    package func finish(
        session: WebSessionID,
        code: String,
        devices: KnownDevices,
        from origin: RequestOrigin
    ) async throws -> FactorOutcome {
        let now = parts.time.now()
        guard let account = try await waiting(session, at: now) else { return .sessionOver }
        let mark = parts.devices.mark(of: account, among: devices)
        if let wait = await parts.throttle.code(session, of: account.person.id, mark: mark) {
            try await WebSessions(parts.database, time: parts.time)
                .end(session, of: account.person.id, .tooManyCodes, from: origin)
            return .throttled(retryAfter: wait)
        }
        let opening = SessionOpening(parts: parts, devices: devices, origin: origin, now: now)
        let check = CodeCheck(parts: parts, now: now)
        return try await parts.database.withPeople { transaction in
            let sessions = WebSessionQueries(transaction: transaction)
            guard let row = try sessions.locked(session, at: now), row.level == .password else { return .sessionOver }
            guard let factor = try check.accept(code, of: account.person, in: transaction) else {
                try SignInEvent(.secondFactorFailed, of: row.person, session: session, from: origin, at: now)
                    .record(in: transaction)
                return .refused
            }
            return .signedIn(
                try opening.full(account, raising: session, by: factor.rawValue, in: transaction)
            )
        }
    }

    /// What a browser needs to sign in with a passkey, without a password.
    ///
    /// - Returns: nil if this address asks too often.
    package func passkeyRequest(from origin: RequestOrigin) async throws -> PasskeyRequest? {
        if await parts.throttle.passkey(from: origin.address) != nil { return nil }
        return try await PasskeyCheck(parts: parts).request(.signIn, person: nil, session: nil)
    }

    /// What a browser needs to show a passkey as second factor; nil if the session is over.
    package func passkeyRequest(session: WebSessionID) async throws -> PasskeyRequest? {
        guard let account = try await waiting(session, at: parts.time.now()) else { return nil }
        return try await PasskeyCheck(parts: parts).request(.secondFactor, person: account.person.id, session: session)
    }

    /// Signs in with a passkey alone. It counts as both factors, because it demands PIN or biometrics.
    ///
    /// - Parameter response: the browser's JSON.
    package func finish(
        passkey response: Data,
        challenge: UUID,
        devices: KnownDevices,
        replacing: WebSessionID? = nil,
        from origin: RequestOrigin
    ) async throws -> FactorOutcome {
        if let wait = await parts.throttle.passkey(from: origin.address) { return .throttled(retryAfter: wait) }
        let now = parts.time.now()
        let opening = SessionOpening(parts: parts, devices: devices, origin: origin, now: now)
        let check = PasskeyCheck(parts: parts)
        return try await parts.database.withPeople { transaction in
            let verdict = try check.accept(response, challenge, .signIn, session: nil, at: now, in: transaction)
            let people = PersonQueries(transaction: transaction)
            guard let owner = verdict.owner, let account = try people.lockedAccount(owner), account.isActive else {
                try SignInEvent(.signInFailed, of: verdict.owner, detail: verdict.detail, from: origin, at: now)
                    .record(in: transaction)
                return .refused
            }
            if let replacing {
                _ = try WebSessionQueries(transaction: transaction).end(replacing, of: owner, .replaced, at: now)
            }
            return .signedIn(try opening.full(account, by: "passkey", in: transaction))
        }
    }

    /// Shows a passkey as second factor in a session that has shown the password.
    package func finish(
        session: WebSessionID,
        passkey response: Data,
        challenge: UUID,
        devices: KnownDevices,
        from origin: RequestOrigin
    ) async throws -> FactorOutcome {
        let now = parts.time.now()
        guard let account = try await waiting(session, at: now) else { return .sessionOver }
        let opening = SessionOpening(parts: parts, devices: devices, origin: origin, now: now)
        let check = PasskeyCheck(parts: parts)
        return try await parts.database.withPeople { transaction in
            let sessions = WebSessionQueries(transaction: transaction)
            guard let row = try sessions.locked(session, at: now), row.level == .password else { return .sessionOver }
            let verdict = try check.accept(
                response,
                challenge,
                .secondFactor,
                session: session,
                at: now,
                in: transaction
            )
            guard verdict.owner == row.person else {
                try SignInEvent(
                    .secondFactorFailed,
                    of: row.person,
                    detail: verdict.detail,
                    session: session,
                    from: origin,
                    at: now
                ).record(in: transaction)
                return .refused
            }
            return .signedIn(try opening.full(account, raising: session, by: "password,passkey", in: transaction))
        }
    }

    /// The account of a session that waits for its second factor.
    private func waiting(_ session: WebSessionID, at date: Date) async throws -> Account? {
        try await parts.database.withPeople { transaction in
            guard let row = try WebSessionQueries(transaction: transaction).locked(session, at: date),
                row.level == .password
            else { return nil }
            return try PersonQueries(transaction: transaction).account(row.person)
        }
    }

    /// A stronger hash can wait until the next sign-in when the hasher is busy.
    private func rehash(_ password: Password) async throws -> PasswordHash? {
        do {
            return try await parts.hasher.hash(password)
        } catch .busy {
            return nil
        }
    }
}
