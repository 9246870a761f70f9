import Foundation
import Kernel
import Localization
import Logging
import Mail
import Outbox
import Telemetry
import TestSupport
import Testing

@Suite("What mails say") struct TextTests {
    private static let link = "https://voice.example/a?b=1&c=%C3%A4"

    static func mail(_ kind: MailKind, _ language: Language, tenant: String = "Autohaus Donau") -> OutgoingMail {
        let values = [
            "tenant": tenant, "inviter": "Max Muster", "actor": "Max Muster", "operator": "Olga Operator",
            "role": "billing", "change": "passkey_added", "days": "1", "hours": "24", "minutes": "30",
            "date": "1. Dezember 2026", "key": "Schnittstelle", "new_address": "neu@autohaus.example",
            "device": "Firefox auf Windows", "reason": "Störung beim Weiterleiten", "link": link,
        ]
        return OutgoingMail(
            kind: kind,
            to: "anna@autohaus.example",
            name: "Anna Größl",
            language: language,
            arguments: values.filter { kind.arguments.contains($0.key) }
        )
    }

    private func written(_ mail: OutgoingMail) async throws -> MailMessage {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post(mail)
            try await fixture.delivery().deliverOnce(at: OutboxFixture.now)
            return try #require(fixture.sent.value.first)
        }
    }

    @Test("every kind is written whole in both languages") func everyKind() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            let delivery = try fixture.delivery()
            for language in Language.allCases {
                for kind in MailKind.allCases {
                    try await fixture.post(Self.mail(kind, language))
                    try await delivery.deliverOnce(at: OutboxFixture.now)
                    let message = try #require(fixture.sent.value.last)
                    let html = try #require(message.html)
                    #expect(message.language == language.rawValue)
                    #expect(html.contains("<html lang=\"\(language.rawValue)\">"))
                    #expect(
                        message.text.hasPrefix(language == .de ? "Guten Tag Anna Größl,\n\n" : "Hello Anna Größl,\n\n")
                    )
                    for text in [message.subject, message.text, html] {
                        #expect(!text.contains("mail.") && !text.contains("{") && !text.contains("unit_"))
                        #expect(!text.isEmpty)
                    }
                    #expect(message.text.contains(Self.link) == kind.arguments.contains("link"))
                    #expect(
                        html.contains("<a href=\"https://voice.example/a?b=1&amp;c=%C3%A4\"")
                            == kind.arguments.contains("link")
                    )
                    // Nothing is loaded, so that reading the mail tells nobody.
                    for remote in ["src=", "url(", "@import", "<link", "<script", "<img"] {
                        #expect(!html.contains(remote))
                    }
                }
            }
            let texts = fixture.sent.value.map(\.text)
            #expect(fixture.sent.value.count == 2 * MailKind.allCases.count)
            #expect(texts.contains { $0.contains("gilt einen Tag und") })
            #expect(texts.contains { $0.contains("valid for 30\u{A0}minutes") })
            #expect(texts.contains { $0.contains("Ihre Rolle: Abrechnung.") })
            #expect(texts.contains { $0.contains("Ein Passkey wurde hinzugefügt.") })
        }
    }

    @Test("what somebody chose as a name is neither markup nor a paragraph") func names() async throws {
        let message = try await written(Self.mail(.memberRemoved, .de, tenant: "<b>A&B</b>\n\nhttps://evil.example"))
        let html = try #require(message.html)
        #expect(html.contains("&lt;b&gt;A&amp;B&lt;/b&gt; https://evil.example"))
        #expect(!html.contains("<b>") && !html.contains("href"))
        #expect(!message.text.contains("\n\nhttps://evil.example"))
    }

    @Test("nobody is greeted by a name we do not know") func unnamed() async throws {
        let mail = OutgoingMail(
            kind: .memberRemoved,
            to: "a@b.example",
            name: "",
            language: .de,
            arguments: ["tenant": "A"]
        )
        let message = try await written(mail)
        #expect(message.text.hasPrefix("Guten Tag,\n\n"))
        #expect(message.to.name == nil)
    }

    @Test("a delivery does not begin without all texts") func missing() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            #expect(throws: CatalogError.self) {
                try MailDelivery(
                    fixture.outbox,
                    catalog: try Catalog([.de: ["mail.greeting": "Hallo {name}"], .en: ["mail.greeting": "Hi {name}"]]),
                    from: try MailAddress("post@a.example"),
                    time: .still,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                    metrics: Metrics()
                ) { _ in }
            }
        }
    }
}
