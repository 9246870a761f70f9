import Foundation
import Mail
import Testing

@Suite("Mails on the wire (RFC 5322, MIME)") struct RenderingTests {
    @Test("a whole mail looks as it should") func whole() throws {
        let expected = """
            Date: Sun, 22 Nov 2026 13:04:27 +0000
            From: VoiceAgent <post@voiceagent.example>
            To: =?utf-8?Q?Anna_Gr=C3=B6=C3=9Fl?= <anna@autohaus.example>
            Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_=C3=96sterreich?=
            Message-ID: <8c7f@voiceagent.example>
            MIME-Version: 1.0
            Content-Language: de
            Auto-Submitted: auto-generated
            X-Auto-Response-Suppress: All
            Content-Type: multipart/alternative; boundary="=_alternative_parts"

            --=_alternative_parts
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Sch=C3=B6n=20
            1 =3D 1

            --=_alternative_parts
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <p>=E2=82=AC</p>

            --=_alternative_parts--

            """
        let message = try Mails.message(text: "Schön \n1 = 1\n", html: "<p>€</p>")
        #expect(message.rendered().replacing("\r\n", with: "\n") == expected)
    }

    @Test(
        "every line is short ASCII that ends in CR LF, whatever is written",
        arguments: [
            "", "a", String(repeating: "ä", count: 500), String(repeating: "x", count: 5_000), "\r\rx\n\r\n",
            "From hier\nFrom dort", "Tab\t\n Leer ", "\u{0}\u{1B}[31m", String(repeating: "😀 und ", count: 200),
            "=?utf-8?Q?Betrug?=", "Zeile\u{2028}Zeile", ".\n.\n",
        ]
    ) func lines(text: String) throws {
        let name = String(text.prefix(100).filter { !$0.isNewline && $0.unicodeScalars.allSatisfy { $0.value >= 32 } })
        let rendered = try Mails.message(subject: text, text: text, html: text, name: name).rendered()
        #expect(rendered.utf8.allSatisfy { $0 == 13 || $0 == 10 || (32..<127).contains($0) || $0 == 9 })
        let lines = rendered.components(separatedBy: "\r\n")
        #expect(lines.last == "")
        for line in lines {
            #expect(line.utf8.count <= 76)
            #expect(!line.contains("\n") && !line.contains("\r"))
            #expect(!line.hasSuffix("\t"))
        }
    }

    @Test("a subject brings no header of its own") func injection() throws {
        let rendered = try Mails.message(subject: "Hallo\r\nBcc: c@d.example\u{2028}X: y").rendered()
        let head = rendered.components(separatedBy: "\r\n\r\n")[0]
        #expect(!head.contains("\r\nBcc"))
        #expect(head.contains("Subject: Hallo  Bcc") == false)
        let names = head.components(separatedBy: "\r\n").filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }
        #expect(Set(names).count == names.count)
        #expect(!names.contains("Bcc") && !names.contains("X"))
    }

    @Test(
        "a name in ASCII is quoted where its characters mean something",
        arguments: [
            ("Voice Agent", "From: Voice Agent <"), ("Voice, Agent", "From: \"Voice, Agent\" <"),
            ("A \"B\" \\C", "From: \"A \\\"B\\\" \\\\C\" <"), ("=?x?=", "From: =?utf-8?Q?=3D=3Fx=3F=3D?= <"),
        ]
    ) func names(name: String, header: String) throws {
        #expect(try Mails.message(sender: name).rendered().contains(header))
    }

    @Test("a text alone is no multipart mail") func textAlone() throws {
        let rendered = try Mails.message(text: "Ja", html: nil).rendered()
        #expect(rendered.contains("Content-Type: text/plain; charset=utf-8\r\n"))
        #expect(!rendered.contains("multipart"))
        #expect(rendered.hasSuffix("\r\n\r\nJa\r\n"))
    }

    @Test("a Message-ID is made of plain characters only") func messageIDs() throws {
        let sender = try MailAddress("post@a.example")
        #expect(MessageID("0f-A", from: sender)?.description == "0f-A@a.example")
        for text in ["", "a b", "a>", "a\r\n", "ä", String(repeating: "a", count: 65)] {
            #expect(MessageID(text, from: sender) == nil)
        }
    }
}
