import Audit
import Credentials
import Database
import Foundation
import Kernel
import Localization
import Outbox
import TestSupport
import Testing

@testable import People

@Suite struct PlatformStaffTests {
    private let actor = AuditActor(.operator, "cli:test")

    @Test("the first operator gets in by a mail, sets a password and must set up a second factor")
    func first() async throws {
        try await PeopleWorld.run { world in
            let email = try #require(EmailAddress("Op\(UUID().uuidString)@Example.AT"))
            func appoint() async throws -> PlatformStaff.Appointment {
                try await world.staff.appoint(
                    email,
                    name: "Olga Operator",
                    language: .de,
                    role: .operator,
                    actor: actor
                )
            }
            guard case .invited(let id) = try await appoint() else { throw Unexpected("not invited") }
            #expect(try await appoint() == .unchanged(id))
            #expect(try await world.mails() == ["staff_invitation"])
            let mail = try #require(try await world.mail(.staffInvitation))
            #expect(mail.to == email.value)
            #expect(mail.arguments["role"] == "platform_operator")
            let outcome = try await world.passwords.reset(
                token: try world.token(in: mail),
                password: Password("Vierzehn grüne Ampeln"),
                devices: KnownDevices(cookie: nil),
                from: .somewhere
            )
            #expect(outcome.name == "set")
            #expect(try await world.begin(email.value, "Vierzehn grüne Ampeln").name == "enrolment_needed")
            let line = try #require(try await world.staff.all(actor: actor).first)
            #expect(line.role == .operator)
            #expect(line.email == email.value)
        }
    }

    @Test("B5: whoever begins to work for the platform signs in anew, and sees nothing without a second factor")
    func appointed() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            let session = try await world.test.makeSession(person: person, at: world.now)
            let email = try #require(EmailAddress(world.address("anna")))
            let appointment = try await world.staff.appoint(
                email,
                name: "Anna",
                language: .de,
                role: .support,
                actor: actor
            )
            #expect(appointment == .appointed(person))
            #expect(try await world.sessionState(session.id).endReason == "appointed")
            #expect(try await world.begin(email.value).name == "enrolment_needed")
        }
    }

    @Test("B8: whoever is disabled is out with the next request; each act is one entry of the platform's chain")
    func disabling() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("support"), platform: "support")
            let email = try #require(EmailAddress(world.address("support")))
            let session = try await world.test.makeSession(person: person, at: world.now)
            #expect(try await world.staff.disable(email, reason: "ausgeschieden", actor: actor) == person)
            #expect(try await world.staff.disable(email, reason: "ausgeschieden", actor: actor) == person)
            #expect(try await world.sessionState(session.id).endReason == "disabled")
            #expect(try await world.begin(email.value).name == "refused")
            #expect(try await world.staff.enable(email, reason: "wieder da", actor: actor) == person)
            #expect(try await world.begin(email.value).name == "enrolment_needed")
            let unknown = try #require(EmailAddress(world.address("niemand")))
            #expect(try await world.staff.disable(unknown, reason: "ausgeschieden", actor: actor) == nil)
            let actions = try await world.test.app.withPlatform(actor: "test", reason: "test") { transaction in
                try transaction.query(
                    "SELECT action FROM platform_audit_entry WHERE action <> 'platform.opened' ORDER BY seq"
                ).map { try $0.get("action", as: String.self) }
            }
            #expect(actions == ["person.disabled", "person.enabled"])
        }
    }
}
