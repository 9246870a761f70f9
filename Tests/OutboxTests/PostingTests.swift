import Database
import Foundation
import Kernel
import Localization
import Outbox
import TestSupport
import Testing

@Suite("Posting mails") struct PostingTests {
    @Test("a mail may be posted behind each of the three doors") func doors() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            let outbox = fixture.outbox
            let tenant = try await database.makeTenant()
            let mail = OutboxFixture.invitation()
            try await database.app.withTenant(tenant) { try outbox.post(mail, in: $0) }
            try await database.app.withPlatform(actor: "test", reason: "mail") { try outbox.post(mail, in: $0) }
            try await database.app.withoutTenant { try outbox.post(mail, in: $0) }
            #expect(try await fixture.figures().waiting == 3)
            #expect(try await fixture.delivery().deliverOnce(at: OutboxFixture.now) == 3)
        }
    }

    @Test("a mail whose cause is undone is never sent") func undone() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            let outbox = fixture.outbox
            await #expect(throws: CancellationError.self) {
                try await database.app.withoutTenant { transaction in
                    try outbox.post(OutboxFixture.invitation(), in: transaction)
                    throw CancellationError()
                }
            }
            #expect(try await fixture.rows().isEmpty)
        }
    }

    @Test("F1: recipient, name and link stand nowhere in the row") func sealed() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post()
            let row = try await database.owner.withoutTenant { transaction in
                try transaction.queryOne(
                    "SELECT mail_outbox::text || encode(ciphertext, 'escape') AS all FROM mail_outbox"
                )?
                .get("all", as: String.self)
            }
            let text = try #require(row)
            #expect(text.contains("invitation"))
            for secret in ["anna", "Anna", "geheimnis", "Donau"] { #expect(!text.contains(secret)) }
        }
    }

    @Test("the platform sees how the queue stands and not what is in it") func platform() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post()
            await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                try await database.app.withPlatform(actor: "test", reason: "look") { transaction in
                    _ = try transaction.query("SELECT ciphertext FROM mail_outbox")
                }
            }
            let figures = try await fixture.figures()
            #expect(figures.waiting == 1)
            #expect(figures.delayed == 0)
            #expect(figures.oldestWaiting != nil)
        }
    }

    @Test(
        "an address that cannot be reached is known before posting",
        arguments: [("a@b.example", true), ("a@b", false), ("ä@b.example", false), ("a@ö.example", false), ("", false)]
    ) func reach(address: String, isReachable: Bool) {
        #expect(MailOutbox.canReach(address) == isReachable)
    }

    @Test("what cannot be written is refused when it is posted") func refusals() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            func refusal(_ mail: OutgoingMail) async throws -> OutboxError? {
                do {
                    try await fixture.post(mail)
                    return nil
                } catch let error as OutboxError {
                    return error
                }
            }
            func changed(_ change: (inout [String: String]) -> Void) -> OutgoingMail {
                let mail = OutboxFixture.invitation()
                var arguments = mail.arguments
                change(&arguments)
                return OutgoingMail(kind: mail.kind, to: mail.to, name: "", language: .en, arguments: arguments)
            }
            #expect(
                try await refusal(OutboxFixture.invitation(to: "a@b.example\r\nBcc: c@d.example"))
                    == .address(code: "mail_address_control_character")
            )
            #expect(try await refusal(changed { $0["link"] = nil }) == .arguments(names: ["link"]))
            #expect(try await refusal(changed { $0["tenant"] = "" }) == .arguments(names: ["tenant"]))
            #expect(try await refusal(changed { $0["extra"] = "x" }) == .arguments(names: ["extra"]))
            for link in [
                "http://evil.example/", "javascript:alert(1)", "https://a.example/\"><b", "https://u:p@a.example/",
            ] {
                #expect(try await refusal(changed { $0["link"] = link }) == .link)
            }
            #expect(try await refusal(changed { $0["link"] = "http://127.0.0.1:8080/x" }) == nil)
            #expect(try await fixture.rows().count == 1)
        }
    }
}
