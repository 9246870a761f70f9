import Mail
import Testing

@Suite("What a mail address is") struct MailAddressTests {
    @Test(
        "addresses of people and companies are taken, the domain in lower case",
        arguments: [
            ("anna.huber@autohaus-donau.example", "anna.huber@autohaus-donau.example"),
            ("Anna@Firma.Example", "Anna@firma.example"), ("o'hara+tag@a.b-c.example", "o'hara+tag@a.b-c.example"),
            ("post@xn--mller-kva.example", "post@xn--mller-kva.example"),
        ]
    ) func taken(text: String, address: String) throws {
        #expect(try MailAddress(text).address == address)
    }

    @Test(
        "what is no address is refused with its reason",
        arguments: [
            ("", MailAddress.Refusal.empty), ("anna", .malformed), ("@b.example", .malformed), ("a@", .malformed),
            ("a@b", .malformed), ("a@.example", .malformed), ("a@b..example", .malformed), ("a.@b.example", .malformed),
            ("a b@c.example", .malformed), ("a@b@c.example", .malformed), ("a@[192.0.2.1]", .malformed),
            ("a@192.0.2.1", .malformed), ("a@-b.example", .malformed), ("<a@b.example>", .malformed),
            ("müller@b.example", .notASCII), ("a@müller.example", .notASCII),
            ("a@b.example\r\nBcc: c@d.example", .controlCharacter), ("a\u{0}@b.example", .controlCharacter),
            (String(repeating: "a", count: 65) + "@b.example", .tooLong),
        ]
    ) func refused(text: String, reason: MailAddress.Refusal) {
        #expect(throws: reason) { try MailAddress(text) }
    }

    @Test("a name is shown as it is, but brings no line of its own") func names() throws {
        #expect(try MailAddress("a@b.example", name: "Änne \"Ö\" Groß").name == "Änne \"Ö\" Groß")
        #expect(throws: MailAddress.Refusal.controlCharacter) {
            try MailAddress("a@b.example", name: "A\r\nBcc: c@d.example")
        }
        #expect(throws: MailAddress.Refusal.controlCharacter) { try MailAddress("a@b.example", name: "A\u{2028}B") }
    }

    @Test("a mailbox is read with or without a name") func mailboxes() throws {
        #expect(try MailAddress(mailbox: "post@a.example") == MailAddress("post@a.example"))
        let named = try MailAddress(mailbox: "VoiceAgent GmbH <post@a.example>")
        #expect(named.name == "VoiceAgent GmbH")
        #expect(named.address == "post@a.example")
        #expect(try MailAddress(mailbox: "\"Voice, Agent\" <post@a.example>").name == "Voice, Agent")
        #expect(throws: MailAddress.Refusal.malformed) { try MailAddress(mailbox: "A <post@a.example") }
    }

    @Test("an address prints nothing of itself") func printsNothing() throws {
        #expect(try "\(MailAddress("anna@b.example", name: "Anna"))".contains("nna") == false)
    }
}
