import Credentials
import Crypto
import Database
import Foundation
import Kernel
import Outbox
import TestSupport
import Testing

@testable import People

@Suite struct SignInTests {
    @Test("B3: the right password opens a session of which only the hash of its token is stored")
    func rightPassword() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            let outcome = try await world.begin("  \(world.address("anna").uppercased()) ")
            guard case .signedIn(let session) = outcome else { throw Unexpected(outcome.name) }
            #expect(session.person == person)
            let stored = try await world.sessionState(session.id)
            #expect(stored.hash == session.token.hash)
            #expect(stored.level == "full")
            #expect(try await world.events() == ["signed_in"])
        }
    }

    @Test(
        "B6: unknown accounts, disabled ones, ones without password and wrong passwords: one answer, equal statements"
    )
    func oneAnswer() async throws {
        try await PeopleWorld.run { world in
            _ = try await world.person(email: world.address("anna"))
            let disabled = try await world.person(email: world.address("weg"))
            _ = try await world.test.makePerson(email: world.address("neu"))
            try await world.test.app.withPlatform(actor: "test", reason: "test") { transaction in
                try transaction.execute("UPDATE person SET state = 'disabled' WHERE id = \(disabled)")
            }
            let attempts = [
                (world.address("anna"), "falsch, aber lang"), (world.address("niemand"), PeopleWorld.password),
                (world.address("weg"), PeopleWorld.password), (world.address("neu"), PeopleWorld.password),
                ("keine Adresse", PeopleWorld.password),
            ]
            for (email, password) in attempts {
                var outcome: SignInOutcome?
                let statements = try await world.statements {
                    outcome = try await world.begin(email, password)
                }
                #expect(outcome?.name == "refused", "\(email)")
                #expect(statements == 2, "\(email)")
            }
            #expect(try await world.events() == Array(repeating: "sign_in_failed", count: attempts.count))
            #expect(try await world.count("SELECT count(*) AS n FROM web_session") == 0)
        }
    }

    @Test("a new browser is told by mail, a known one is not")
    func newBrowser() async throws {
        try await PeopleWorld.run { world in
            _ = try await world.person(email: world.address("anna"))
            let first = try #require(try await world.begin(world.address("anna")).session)
            let mail = try #require(try await world.mail(.newSignIn))
            #expect(mail.to == world.address("anna"))
            #expect(mail.arguments["device"] == "Firefox auf Linux")
            let cookie = try #require(first.devices)
            let second = try await world.begin(world.address("anna"), devices: KnownDevices(cookie: cookie))
            #expect(second.session?.devices == nil)
            #expect(try await world.mails() == ["new_sign_in"])
            _ = try await world.begin(
                world.address("anna"),
                devices: KnownDevices(cookie: "AAAA.\(cookie.dropFirst())")
            )
            #expect(try await world.mails() == ["new_sign_in", "new_sign_in"])
        }
    }

    @Test("B1: a hash of weaker parameters is replaced at sign-in")
    func rehash() async throws {
        try await PeopleWorld.run { world in
            let weak = PasswordHasher(memoryKiB: 16, slots: 1)
            let old = try await weak.hash(Password(PeopleWorld.password)).text
            await weak.close()
            let person = try await world.test.makePerson(email: world.address("anna"), passwordHash: old)
            #expect(try await world.begin(world.address("anna")).name == "signed_in")
            let stored = try await world.test.app.withoutTenant { transaction in
                try transaction.queryOne("SELECT password_hash FROM person WHERE id = \(person)")?
                    .get("password_hash", as: String.self)
            }
            #expect(stored?.contains("m=64,") == true)
            #expect(try await world.begin(world.address("anna")).name == "signed_in")
        }
    }

    @Test("B3: the session a browser had ends when a new one begins in it")
    func replacing() async throws {
        try await PeopleWorld.run { world in
            _ = try await world.person(email: world.address("anna"))
            let old = try #require(try await world.begin(world.address("anna")).session)
            _ = try await world.signIn.begin(
                email: world.address("anna"),
                password: Password(PeopleWorld.password),
                devices: KnownDevices(cookie: nil),
                replacing: old.id,
                from: .somewhere
            )
            #expect(try await world.sessionState(old.id).endReason == "replaced")
        }
    }

    @Test("B5: who works for the platform must set up a second factor before anything else, and keep one")
    func enrolment() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("op"), platform: "operator")
            let outcome = try await world.begin(world.address("op"))
            guard case .enrolmentNeeded(let waiting) = outcome else { throw Unexpected(outcome.name) }
            #expect(waiting.level == .password)
            let enrolment = try await world.factors.beginTOTP(session: waiting.id, from: .somewhere).get()
            let secret = try #require(TOTPSecret(enrolment.text.replacing(" ", with: "")))
            let again = try await world.factors.beginTOTP(session: waiting.id, from: .somewhere).get()
            #expect(again.text == enrolment.text)
            let change = try await world.factors.confirmTOTP(
                session: waiting.id,
                code: world.code(OneTimeCode(secret)),
                devices: KnownDevices(cookie: nil),
                from: .somewhere
            ).get()
            #expect(change.session.level == .full)
            #expect(change.recoveryCodes.count == RecoveryCodes.count)
            #expect(try await world.sessionState(waiting.id).hash == change.session.token.hash)
            #expect(try await world.mails().sorted() == ["new_sign_in", "second_factor_changed"])
            #expect(try await world.begin(world.address("op")).name == "second_factor_needed")
            let removal = try await world.factors.removeTOTP(session: change.session.id, from: .somewhere)
            #expect(removal.refusal == .factorRequired)
            #expect(try await world.factors.standing(of: person).hasTOTP)
        }
    }
}

struct Unexpected: Error {
    let what: String
    init(_ what: String) { self.what = what }
}
