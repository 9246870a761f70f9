package import Credentials
import Database
import Foundation
package import Kernel
import Localization
import Outbox

/// Sets and changes passwords (requirements B2, B6). A new password never replaces a second factor.
package struct PasswordReset: Sendable {
    /// How long the link of a reset is good.
    package static let minutes = 30

    private let parts: PeopleParts

    package init(_ parts: PeopleParts) {
        self.parts = parts
    }

    /// Sends a link to whoever has this address. There is one answer, after the same statements, whether anybody has it
    /// or not, and whether too many were asked for or not.
    ///
    /// - Parameter email: as typed.
    package func request(email: String, from origin: RequestOrigin) async throws {
        if await parts.throttle.mail(to: email, from: origin.address) != nil { return }
        let now = parts.time.now()
        let address = EmailAddress(email)
        let mails = parts.mails
        try await parts.database.withPeople { transaction in
            let account = try PersonQueries(transaction: transaction).account(address)
            let known = account.flatMap { $0.isActive ? $0.person : nil }
            try SignInEvent(.passwordResetRequested, of: known?.id, from: origin, at: now).record(in: transaction)
            let token = RandomToken()
            do {
                try transaction.nested {
                    let isKnown = try TokenQueries(transaction: transaction).insert(
                        token,
                        .passwordReset,
                        for: address,
                        until: now.addingTimeInterval(Double(Self.minutes) * 60),
                        at: now
                    )
                    let person = known ?? Self.nobody
                    try mails.passwordReset(person, token, minutes: Self.minutes, in: transaction)
                    if !isKnown || known == nil { throw NobodyThere() }
                }
            } catch is NobodyThere {
                // A mail to nobody was written and taken back, so that the work is the same.
            }
        }
    }

    /// Whose link this is, so that the page can greet; nil if it is used up.
    package func owner(of token: RandomToken) async throws -> Person? {
        let now = parts.time.now()
        return try await parts.database.withPeople { transaction in
            let id = try TokenQueries(transaction: transaction)
                .owner(of: token, [.firstPassword, .passwordReset], at: now)
            return try id.flatMap(PersonQueries(transaction: transaction).person)
        }
    }

    /// Sets a password by the link of a mail, and ends all sessions. Nobody is signed in by it.
    package func reset(
        token: RandomToken,
        password: Password,
        devices: KnownDevices,
        from origin: RequestOrigin
    ) async throws -> PasswordOutcome {
        guard let person = try await owner(of: token) else { return .refused(.linkOver) }
        if let refusal = parts.rules.judge(password, context: Self.context(person)) { return .weak(refusal) }
        guard let hash = try await hash(password) else { return .refused(.busy) }
        let now = parts.time.now().roundedToMicroseconds
        let mails = parts.mails
        let signer = parts.devices
        return try await parts.database.withPeople { transaction in
            let tokens = TokenQueries(transaction: transaction)
            let people = PersonQueries(transaction: transaction)
            guard try people.lockedAccount(person.id)?.isActive == true, let spent = try tokens.spend(token, at: now)
            else { return .refused(.linkOver) }
            try people.set(hash, of: spent.person, at: now)
            try tokens.removeAll(of: spent.person)
            try WebSessionQueries(transaction: transaction)
                .endAll(of: spent.person, except: nil, .passwordChanged, at: now)
            try SignInEvent(.passwordReset, of: spent.person, detail: spent.kind.rawValue, from: origin, at: now)
                .record(in: transaction)
            if spent.kind == .passwordReset { try mails.passwordChanged(person, in: transaction) }
            return .set(devices: signer.remember(spent.person, since: now, in: devices))
        }
    }

    /// Changes one's own password; all other sessions end.
    package func change(
        session: WebSessionID,
        old: Password,
        new: Password,
        devices: KnownDevices,
        from origin: RequestOrigin
    ) async throws -> PasswordOutcome {
        if await parts.throttle.proof(session) != nil { return .refused(.throttled) }
        let now = parts.time.now().roundedToMicroseconds
        let account = try await parts.database.withPeople { try StepUp.account(session, at: now, in: $0) }
        guard let account, let stored = account.hash else { return .refused(.sessionOver) }
        do {
            if try await parts.hasher.verify(old, stored) == .wrong { return .refused(.passwordWrong) }
        } catch .busy {
            return .refused(.busy)
        }
        if let refusal = parts.rules.judge(new, context: Self.context(account.person)) { return .weak(refusal) }
        guard let hash = try await hash(new) else { return .refused(.busy) }
        let mails = parts.mails
        let signer = parts.devices
        return try await parts.database.withPeople { transaction in
            let people = PersonQueries(transaction: transaction)
            let sessions = WebSessionQueries(transaction: transaction)
            let person = account.person
            guard try people.lockedAccount(person.id)?.hash == stored,
                try sessions.locked(session, of: person.id, at: now) != nil
            else { return .refused(.sessionOver) }
            let token = RandomToken()
            try people.set(hash, of: person.id, at: now)
            try TokenQueries(transaction: transaction).removeAll(of: person.id)
            try sessions.endAll(of: person.id, except: session, .passwordChanged, at: now)
            try sessions.rotate(session, to: token)
            try sessions.prove(session, at: now)
            try SignInEvent(.passwordChanged, of: person.id, session: session, from: origin, at: now)
                .record(in: transaction)
            try mails.passwordChanged(person, in: transaction)
            return .changed(
                NewSession(
                    id: session,
                    person: person.id,
                    level: .full,
                    token: token,
                    devices: signer.remember(person.id, since: now, in: devices).cookie
                )
            )
        }
    }

    /// Nil when too many sign in at this moment.
    private func hash(_ password: Password) async throws -> PasswordHash? {
        do {
            return try await parts.hasher.hash(password)
        } catch .busy {
            return nil
        }
    }

    /// Names that a guesser knows.
    private static func context(_ person: Person) -> [String] {
        [EmailAddress(person.email)?.localPart ?? person.email, person.name]
    }

    /// To whom the mail is written that is taken back.
    private static let nobody = Person(
        id: PersonID(),
        email: "nobody@example.invalid",
        name: "Nobody",
        language: .de,
        theme: .system
    )

    private struct NobodyThere: Error {}
}
