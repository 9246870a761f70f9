import Kernel
import Testing

@testable import Sandbox

@Suite("The post office's manners") struct PostDialogTests {
    /// What the server answers to each line, first words only; `keep` and `bye` for its other answers.
    private func answers(
        _ lines: [String],
        credentials: SMTPDialog.Credentials? = nil,
        encryption: SMTPDialog.Encryption = .none,
        fault: Fault? = nil
    ) -> [String] {
        var dialog = SMTPDialog(credentials: credentials, encryption: encryption) { fault }
        return lines.flatMap { line in
            dialog.take(Array(line.utf8), isWhole: true).map { answer in
                switch answer {
                case .reply(let text): String(text.prefix(3))
                case .keep: "keep"
                case .startTLS: "tls"
                case .hangUp: "bye"
                }
            }
        }
    }

    private let envelope = ["EHLO a.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"]

    @Test("a mail is taken in the right order") func order() {
        #expect(
            answers(envelope + ["Subject: x", "", "y", ".", "QUIT"]) == [
                "250", "250", "250", "354", "keep", "221", "bye",
            ]
        )
    }

    @Test(
        "what comes out of order is refused",
        arguments: [
            ["MAIL FROM:<a@b.example>"], ["EHLO a", "RCPT TO:<c@d.example>"], ["EHLO a", "DATA"],
            ["EHLO a", "MAIL FROM:<a@b.example>", "DATA"],
            ["EHLO a", "MAIL FROM:<a@b.example>", "MAIL FROM:<a@b.example>"],
            ["EHLO a", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "RSET", "DATA"],
        ]
    ) func disorder(lines: [String]) {
        #expect(answers(lines).last == "503")
    }

    @Test(
        "malformed commands are refused by their own codes",
        arguments: [
            ("EHLO", "501"), ("MAIL FROM:a@b.example", "501"), ("MAIL FROM:<a@b.example> SIZE=9999999", "552"),
            ("MAIL FROM:<a@b.example> X=1", "555"), ("MAIL FROM:<ä@b.example>", "553"),
            ("MAIL FROM:<a b@c.example>", "501"), ("STARTTLS", "502"), ("AUTH PLAIN AGEAYg==", "502"),
            ("VRFY a", "252"),
        ]
    ) func malformed(line: String, code: String) {
        #expect(answers(["EHLO a", line]).last == code)
    }

    @Test("encryption is offered once, asked for alone, and makes everything said before it unsaid") func startTLS() {
        #expect(answers(["EHLO a", "STARTTLS"], encryption: .offered) == ["250", "220", "tls"])
        #expect(answers(["STARTTLS"], encryption: .offered) == ["502"])
        #expect(answers(["EHLO a", "STARTTLS x"], encryption: .offered).last == "501")
        #expect(answers(["EHLO a", "STARTTLS"], encryption: .active).last == "502")

        var dialog = SMTPDialog(credentials: nil, encryption: .offered) { nil }
        let clear = dialog.take(Array("EHLO a".utf8), isWhole: true)
        #expect("\(clear)".contains("250 STARTTLS"))
        _ = dialog.take(Array("MAIL FROM:<a@b.example>".utf8), isWhole: true)
        dialog.encrypted()
        #expect(dialog.take(Array("MAIL FROM:<a@b.example>".utf8), isWhole: true) == [.reply("503 5.5.1 erst EHLO")])
        #expect(!"\(dialog.take(Array("EHLO a".utf8), isWhole: true))".contains("STARTTLS"))
    }

    @Test("dots at the beginning of lines are undoubled") func dots() {
        var dialog = SMTPDialog(credentials: nil) { nil }
        for line in envelope { _ = dialog.take(Array(line.utf8), isWhole: true) }
        for line in ["..", "...x", "y"] { #expect(dialog.take(Array(line.utf8), isWhole: true).isEmpty) }
        let expected = SMTPDialog.Envelope(from: "a@b.example", recipients: ["c@d.example"])
        #expect(dialog.take([46], isWhole: true) == [.keep(expected, Array(".\r\n..x\r\ny\r\n".utf8))])
    }

    @Test("eight bits need their announcement, long and broken lines are refused, and so is too much") func contents() {
        #expect(answers(envelope + ["Grüße", "."]).last == "554")
        let announced = ["EHLO a", "MAIL FROM:<a@b.example> BODY=8BITMIME", "RCPT TO:<c@d.example>", "DATA"]
        #expect(answers(announced + ["Grüße", "."]).last == "keep")
        let lines = Array(repeating: String(repeating: "x", count: 998), count: 1_100)
        #expect(answers(envelope + lines + ["."]).last == "552")
        var dialog = SMTPDialog(credentials: nil) { nil }
        for line in envelope { _ = dialog.take(Array(line.utf8), isWhole: true) }
        // A dot that is not a line of its own, which a careless server takes for the end.
        #expect(dialog.take([46], isWhole: false).isEmpty)
        #expect(dialog.take([46], isWhole: true) == [.reply("554 5.6.0 Zeile zu lang oder ohne CR LF")])
    }

    @Test("with credentials nobody brings mail without them") func credentials() {
        let right = SMTPDialog.Credentials(user: "anna", password: Secret("geheim"))
        #expect(answers(["EHLO a", "MAIL FROM:<a@b.example>"], credentials: right).last == "530")
        let plain = "AUTH PLAIN AGFubmEAZ2VoZWlt"
        #expect(answers(["EHLO a", plain, "MAIL FROM:<a@b.example>"], credentials: right) == ["250", "235", "250"])
        let login = ["EHLO a", "AUTH LOGIN", "YW5uYQ==", "Z2VoZWlt"]
        #expect(answers(login, credentials: right) == ["250", "334", "334", "235"])
        #expect(answers(["EHLO a", "AUTH PLAIN AGFubmEAeA=="], credentials: right).last == "535")
        #expect(answers(["EHLO a", "AUTH PLAIN", "*"], credentials: right).last == "501")
        #expect(answers(["EHLO a", "AUTH XOAUTH2 x"], credentials: right).last == "504")
    }

    @Test("faults show at the step they belong to") func faults() {
        let mail = Array(envelope.dropFirst()) + ["x", "."]
        func last(_ fault: Fault, _ count: Int) -> String? {
            answers(["EHLO a"] + mail.prefix(count), fault: fault).last
        }
        #expect(last(.error, 1) == "451")
        #expect(last(.denied, 2) == "550")
        #expect(last(.quota, 2) == "452")
        #expect(last(.errorMidway, 5) == "bye")
        #expect(last(.stall, 5) == "354")
        #expect(last(.garbage, 1) == "HTT")
    }
}
