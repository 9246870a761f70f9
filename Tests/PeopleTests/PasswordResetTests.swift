import Credentials
import Database
import Foundation
import Kernel
import Outbox
import TestSupport
import Testing

@testable import People

@Suite struct PasswordResetTests {
    private let nowhere = KnownDevices(cookie: nil)
    private let good = "Vierzehn grüne Ampeln"

    @Test("B6: asking for a link costs the same statements, whoever is asked for")
    func request() async throws {
        try await PeopleWorld.run { world in
            let email = "a\(UUID().uuidString)@example.at".lowercased()
            _ = try await world.person(email: email)
            let known = try await world.statements { try await world.passwords.request(email: email, from: .somewhere) }
            let unknown = try await world.statements {
                try await world.passwords.request(email: "b\(UUID().uuidString)@example.at", from: .somewhere)
            }
            let nothing = try await world.statements {
                try await world.passwords.request(email: "keine Adresse \(UUID().uuidString)", from: .somewhere)
            }
            #expect(known == 4)
            #expect(known == unknown)
            #expect(known == nothing)
            #expect(try await world.mails() == ["password_reset"])
            #expect(try await world.mail(.passwordReset)?.to == email)
        }
    }

    @Test("B3, B6: a reset ends all sessions, is good once, and does not replace the second factor")
    func reset() async throws {
        try await PeopleWorld.run { world in
            let email = "a\(UUID().uuidString)@example.at".lowercased()
            let person = try await world.person(email: email)
            _ = try await world.totp(for: person)
            let session = try await world.test.makeSession(person: person, at: world.now)
            try await world.passwords.request(email: email, from: .somewhere)
            let token = try world.token(in: try await world.mail(.passwordReset))
            #expect(try await world.passwords.owner(of: token)?.id == person)
            var outcome = try await world.passwords.reset(
                token: token,
                password: Password("kurz"),
                devices: nowhere,
                from: .somewhere
            )
            #expect(outcome.name == "weak:too_short")
            outcome = try await world.passwords.reset(
                token: token,
                password: Password(good),
                devices: nowhere,
                from: .somewhere
            )
            guard case .set(let devices) = outcome else { throw Unexpected(outcome.name) }
            #expect(try await world.sessionState(session.id).endReason == "password_changed")
            let again = try await world.passwords.reset(
                token: token,
                password: Password(good + "!"),
                devices: nowhere,
                from: .somewhere
            )
            #expect(again.name == "refused:link_over")
            #expect(try await world.begin(email).name == "refused")
            #expect(try await world.begin(email, good).name == "second_factor_needed")
            #expect(try await world.mails() == ["password_reset", "password_changed"])
            // Whoever owns the mailbox has a bucket of their own from now on.
            let account = try await world.test.app.withoutTenant { try PersonQueries(transaction: $0).account(person) }
            #expect(world.parts.devices.mark(of: account, among: KnownDevices(cookie: devices.cookie)) != nil)
        }
    }

    @Test("a link is over after half an hour, and after a newer one was used")
    func expiry() async throws {
        try await PeopleWorld.run { world in
            let email = "a\(UUID().uuidString)@example.at".lowercased()
            _ = try await world.person(email: email)
            try await world.passwords.request(email: email, from: .somewhere)
            let old = try world.token(in: try await world.mail(.passwordReset))
            world.pass(TimeInterval(PasswordReset.minutes) * 60)
            let late = try await world.passwords.reset(
                token: old,
                password: Password(good),
                devices: nowhere,
                from: .somewhere
            )
            #expect(late.name == "refused:link_over")
            #expect(try await world.passwords.owner(of: RandomToken()) == nil)
        }
    }

    @Test("B3: one's own change rotates the session, ends the others and tells the owner")
    func change() async throws {
        try await PeopleWorld.run { world in
            let email = "a\(UUID().uuidString)@example.at".lowercased()
            let person = try await world.person(email: email)
            let own = try await world.test.makeSession(person: person, at: world.now)
            let other = try await world.test.makeSession(person: person, at: world.now)
            let before = try await world.sessionState(own.id).hash
            func change(_ old: String, _ new: String) async throws -> PasswordOutcome {
                try await world.passwords.change(
                    session: own.id,
                    old: Password(old),
                    new: Password(new),
                    devices: nowhere,
                    from: .somewhere
                )
            }
            #expect(try await change("falsch", good).name == "refused:password_wrong")
            #expect(try await change(PeopleWorld.password, "passwort").name == "weak:common")
            #expect(try await change(PeopleWorld.password, "AnnaBeispiel1").name == "weak:context_word")
            let outcome = try await change(PeopleWorld.password, good)
            guard case .changed(let session) = outcome else { throw Unexpected(outcome.name) }
            let after = try await world.sessionState(own.id)
            #expect(after.hash == session.token.hash)
            #expect(after.hash != before)
            #expect(after.endReason == nil)
            #expect(try await world.sessionState(other.id).endReason == "password_changed")
            #expect(try await world.mails() == ["password_changed"])
            #expect(try await world.events() == ["password_changed"])
            #expect(try await world.begin(email, good).name == "signed_in")
        }
    }

    @Test("acts on one account at the same moment wait for each other, and a reset leaves no older session")
    func concurrency() async throws {
        try await PeopleWorld.run { world in
            let email = world.address("anna")
            let person = try await world.person(email: email)
            _ = try await world.totp(for: person)
            var sessions: [WebSessionID] = []
            for _ in 0..<6 { sessions.append(try await world.test.makeSession(person: person, at: world.now).id) }
            try await world.passwords.request(email: email, from: .somewhere)
            let token = try world.token(in: try await world.mail(.passwordReset))
            let good = good
            try await withThrowingTaskGroup(of: Void.self) { group in
                for session in sessions {
                    group.addTask { _ = try await world.factors.renewRecoveryCodes(session: session, from: .somewhere) }
                    group.addTask { _ = try await world.factors.beginTOTP(session: session, from: .somewhere) }
                    group.addTask { _ = try await world.begin(email) }
                }
                group.addTask {
                    _ = try await world.passwords.reset(
                        token: token,
                        password: Password(good),
                        devices: KnownDevices(cookie: nil),
                        from: .somewhere
                    )
                }
                try await group.waitForAll()
            }
            #expect(try await world.sessions.list(of: person, current: nil).isEmpty)
            #expect(try await world.begin(email, good).name == "second_factor_needed")
        }
    }

    @Test("a new address becomes the person's by the link only, and the old one is told")
    func email() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: "alt@example.at")
            _ = try await world.person(email: world.address("vergeben"))
            let session = try await world.test.makeSession(person: person, at: world.now)
            let change = EmailChange(world.parts)
            #expect(try await change.request(session: session.id, to: "x", from: .somewhere) == .emailMalformed)
            #expect(
                try await change.request(session: session.id, to: world.address("Vergeben"), from: .somewhere) == nil
            )
            #expect(try await world.mails().isEmpty)
            let new = "n\(UUID().uuidString)@example.at".lowercased()
            #expect(try await change.request(session: session.id, to: new.uppercased(), from: .somewhere) == nil)
            #expect(try await world.email(of: person) == "alt@example.at")
            let mail = try #require(try await world.mail(.emailChange))
            #expect(mail.to == new)
            let token = try world.token(in: mail)
            #expect(try await world.passwords.owner(of: token) == nil)
            #expect(try await change.confirm(token: token, from: .somewhere).get().email == new)
            #expect(try await change.confirm(token: token, from: .somewhere).refusal == .linkOver)
            #expect(try await world.mail(.emailChanged)?.to == "alt@example.at")
            #expect(try await world.begin(new).name == "signed_in")
            world.pass(SessionLimits.proof)
            #expect(
                try await change.request(session: session.id, to: world.address("a"), from: .somewhere) == .stepUpNeeded
            )
        }
    }
}
