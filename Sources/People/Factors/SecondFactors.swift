import Credentials
import Database
import Foundation
package import Kernel
import Secrets

/// The second factors of a person: an authenticator app, passkeys, and recovery codes for when they are lost
/// (requirement B5).
///
/// Every change asks for a recent proof (`StepUp`), gives the session another token, and is told to the person by mail.
/// The other sessions go on; `WebSessions.endAll` ends them if the person wishes.
package struct SecondFactors: Sendable {
    let parts: PeopleParts

    package init(_ parts: PeopleParts) {
        self.parts = parts
    }

    package func standing(of person: PersonID) async throws -> FactorStanding {
        try await parts.database.withPeople { transaction in
            let account = try PersonQueries(transaction: transaction).account(person)
            return FactorStanding(
                hasTOTP: account?.hasTOTP ?? false,
                passkeys: try PasskeyQueries(transaction: transaction).list(of: person),
                recoveryCodesLeft: try FactorQueries(transaction: transaction).recoveryCodesLeft(of: person),
                isRequired: account?.needsSecondFactor ?? false
            )
        }
    }

    /// A secret for an authenticator app. It counts from `confirmTOTP` on, in place of the app there was. For a quarter of an hour the same session is
    /// given the same secret, so that a mistyped code does not mean scanning again.
    package func beginTOTP(
        session: WebSessionID,
        from origin: RequestOrigin
    ) async throws -> Result<TOTPEnrolment, AccountRefusal> {
        try await change(session, from: origin) { scope in
            let envelope = scope.parts.envelope
            let place = CodeCheck.place(of: scope.person)
            let waiting = try scope.factors.waitingTOTP(of: scope.person, session: scope.session.id)
            if let waiting, waiting.createdAt > scope.now.addingTimeInterval(-SessionLimits.unfinished),
                let secret = TOTPSecret(try envelope.open(waiting.sealed, for: place).reveal())
            {
                return scope.enrolment(secret)
            }
            let secret = TOTPSecret()
            let sealed = try envelope.seal(Secret(secret.reveal()), for: place)
            try scope.factors.begin(sealed, of: scope.person, session: scope.session.id, at: scope.now)
            return scope.enrolment(secret)
        }
    }

    /// The app's first code. Whoever had no second factor gets recovery codes, to be shown once.
    package func confirmTOTP(
        session: WebSessionID,
        code: String,
        devices: KnownDevices,
        from origin: RequestOrigin
    ) async throws -> Result<FactorChange, AccountRefusal> {
        if await parts.throttle.proof(session) != nil { return .failure(.throttled) }
        return try await change(session, from: origin) { scope in
            let check = CodeCheck(parts: scope.parts, now: scope.now)
            guard let waiting = try scope.factors.waitingTOTP(of: scope.person, session: scope.session.id) else {
                throw AccountRefusal.nothingToConfirm
            }
            guard let step = try check.step(matching: code, waiting, of: scope.person) else {
                throw AccountRefusal.codeWrong
            }
            try scope.factors.confirm(step: step, of: scope.person, session: scope.session.id, at: scope.now)
            return try scope.added("totp", .totpAdded, devices)
        }
    }

    package func removeTOTP(
        session: WebSessionID,
        from origin: RequestOrigin
    ) async throws -> Result<NewSession, AccountRefusal> {
        try await change(session, from: origin) { scope in
            let isLast = scope.account.passkeys == 0
            if isLast, scope.account.needsSecondFactor { throw AccountRefusal.factorRequired }
            guard try scope.factors.removeTOTP(of: scope.person) else { throw AccountRefusal.nothingToConfirm }
            return try scope.removed("totp", .totpRemoved, isLast: isLast)
        }
    }

    /// New recovery codes in place of the old ones, to be shown once; only beside a second factor.
    package func renewRecoveryCodes(
        session: WebSessionID,
        from origin: RequestOrigin
    ) async throws -> Result<FactorChange, AccountRefusal> {
        try await change(session, from: origin) { scope in
            guard scope.account.hasSecondFactor else { throw AccountRefusal.nothingToConfirm }
            let codes = RecoveryCodes.make()
            try scope.factors.replaceRecoveryCodes(of: scope.person, by: codes.map(\.hash))
            try scope.note(.recoveryCodesRenewed, nil, .recoveryCodesRenewed)
            return FactorChange(session: try scope.rotated(), recoveryCodes: codes)
        }
    }

    /// Runs `body` in a transaction of somebody who may change factors; a refusal it throws undoes everything.
    func change<Value: Sendable>(
        _ session: WebSessionID,
        from origin: RequestOrigin,
        _ body: @escaping @Sendable (FactorScope) throws -> Value
    ) async throws -> Result<Value, AccountRefusal> {
        do {
            return try await parts.database.withPeople { [parts] transaction in
                switch try FactorScope.open(session, parts: parts, from: origin, in: transaction) {
                case .success(let scope): .success(try body(scope))
                case .failure(let refusal): .failure(refusal)
                }
            }
        } catch let refusal as AccountRefusal {
            return .failure(refusal)
        }
    }
}

extension FactorScope {
    fileprivate func enrolment(_ secret: TOTPSecret) -> TOTPEnrolment {
        TOTPEnrolment(secret: secret, issuer: parts.issuer, account: account.person.email)
    }
}
