import Foundation
import Testing

@testable import Sandbox

@Suite("Reading mails") struct PostContentTests {
    private func content(_ text: String) -> MailContent {
        MailContent(Array(text.replacing("\n", with: "\r\n").utf8))
    }

    @Test("headers are unfolded and their words decoded") func headers() {
        let mail = content(
            """
            From: =?utf-8?Q?Anna_Gr=C3=B6=C3=9Fl?= <a@b.example>
            Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_?=
             =?utf-8?B?YXVzIMOWc3RlcnJlaWNo?=
            X-Latin: =?iso-8859-1?Q?M=FCller?=
            To: c@d.example,
            \te@f.example

            Hallo
            """
        )
        #expect(mail.from == "Anna Größl <a@b.example>")
        #expect(mail.subject == "Grüße aus Österreich")
        #expect(mail.header("x-latin") == "Müller")
        #expect(mail.to == "c@d.example,\te@f.example")
        #expect(mail.text == "Hallo")
        #expect(mail.html == nil)
    }

    @Test("the parts of a mail are found at any depth and decoded") func parts() {
        let mail = content(
            """
            Subject: x
            Content-Type: multipart/mixed; boundary="aussen"

            Vorwort
            --aussen
            Content-Type: multipart/alternative; boundary=innen

            --innen
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Sch=C3=B6ne Gr=
            =C3=BC=C3=9Fe, https://a.example/x=3D1.
            --innen
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: base64

            PHA+4oKsPC9wPg==
            --innen--
            --aussen--
            """
        )
        #expect(mail.text == "Schöne Grüße, https://a.example/x=1.")
        #expect(mail.html == "<p>€</p>")
        #expect(mail.links == ["https://a.example/x=1"])
    }

    @Test(
        "a mail without sense does no harm",
        arguments: ["", "\n", "a", "Content-Type: multipart/x; boundary=b\n\n--b", ": x\n\n"]
    )
    func nonsense(text: String) {
        #expect(content(text).html == nil)
    }

    @Test("the box keeps the last 500 mails") func bounded() {
        let box = Postbox()
        for number in 1...510 {
            #expect(
                box.keep(
                    sender: "a@b.example",
                    recipients: ["c@d.example"],
                    bytes: Array("\(number)".utf8),
                    isEncrypted: false
                ) == number
            )
        }
        #expect(box.mails.count == 500)
        #expect(box.mails.first?.number == 510)
        #expect(box.mail(10) == nil)
        #expect(box.mail(11) != nil)
    }
}
