import Foundation

extension MailMessage {
    /// The mail as it travels (RFC 5322 and MIME): ASCII, lines of at most 76 characters that end in CR LF.
    package func rendered() -> String {
        var headers = [
            "Date: \(MailDate.text(date))",
            Self.header("From", from),
            Self.header("To", to),
            replyTo.map { Self.header("Reply-To", $0) },
            "Subject: " + EncodedWord.text(subject, column: 9),
            "Message-ID: <\(messageID)>",
            "MIME-Version: 1.0",
            language.map { "Content-Language: \(EncodedWord.text($0, column: 18))" },
        ].compactMap { $0 }
        if isAutoSubmitted { headers += ["Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All"] }
        guard let html else { return (headers + Self.part("plain", text)).joined(separator: "\r\n") }
        headers += [
            "Content-Type: multipart/alternative; boundary=\"\(Self.boundary)\"", "",
            "--\(Self.boundary)", Self.part("plain", text).joined(separator: "\r\n"),
            "--\(Self.boundary)", Self.part("html", html).joined(separator: "\r\n"),
            "--\(Self.boundary)--", "",
        ]
        return headers.joined(separator: "\r\n")
    }

    /// `=_` occurs in nothing that is quoted-printable.
    private static let boundary = "=_alternative_parts"

    private static func part(_ subtype: String, _ text: String) -> [String] {
        [
            "Content-Type: text/\(subtype); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
            QuotedPrintable.encode(text),
        ]
    }

    private static func header(_ name: String, _ address: MailAddress) -> String {
        let head = "\(name): "
        guard let shown = address.name else { return head + address.address }
        let value = head + EncodedWord.phrase(shown, column: head.count)
        let lastLine =
            value.utf8.count
            - (value.utf8.lastIndex(of: UInt8(ascii: "\n")).map {
                value.utf8.distance(from: value.utf8.startIndex, to: $0) + 1
            } ?? 0)
        let fits = lastLine + address.address.utf8.count + 3 <= EncodedWord.lineLength
        return value + (fits ? " " : "\r\n ") + "<\(address.address)>"
    }
}
