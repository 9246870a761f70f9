import Foundation

/// The inbox as pages.
enum InboxPage {
    static let style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
        h1 { font-size: 1.5rem; }
        table { width: 100%; border-collapse: collapse; }
        th, td { padding: .5rem; border-bottom: 1px solid #8884; text-align: left; vertical-align: top; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
        dt { font-weight: 600; }
        dd { margin: 0; overflow-wrap: anywhere; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid #8884; font: inherit; }
        iframe { width: 100%; height: 40rem; border: 1px solid #8884; background: #fff; }
        """

    static func list(_ mails: [ReceivedMail]) -> String {
        let rows = mails.map { mail in
            """
            <tr>
            <td><a href="/_inbox/\(mail.number)">\(escaped(subject(mail)))</a></td>
            <td>\(escaped(mail.recipients.joined(separator: ", ")))</td>
            <td>\(time(mail.receivedAt))</td>
            </tr>
            """
        }
        let table = """
            <table>
            <thead><tr><th scope="col">Betreff</th><th scope="col">An</th><th scope="col">Eingegangen</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            """
        return page(
            "Posteingang",
            mails.isEmpty ? "<p>Noch keine E-Mail. Die Seite lädt sich alle fünf Sekunden neu.</p>" : table,
            head: "<meta http-equiv=\"refresh\" content=\"5\">"
        )
    }

    static func mail(_ mail: ReceivedMail) -> String {
        let frame =
            mail.content.html == nil
            ? ""
            : """
            <h2>Als Seite</h2>
            <iframe src="/_inbox/\(mail.number)/html" title="Die E-Mail als Seite"
            sandbox="allow-popups allow-top-navigation-by-user-activation"></iframe>
            """
        return page(
            subject(mail),
            """
            <p><a href="/_inbox">Posteingang</a> · <a href="/_inbox/\(mail.number)/source">Quelltext</a></p>
            <dl>
            <dt>Von</dt><dd>\(escaped(mail.content.from))</dd>
            <dt>An</dt><dd>\(escaped(mail.content.to))</dd>
            <dt>Eingegangen</dt><dd>\(time(mail.receivedAt))\(mail.isEncrypted ? ", verschlüsselt" : "")</dd>
            </dl>
            <h2>Als Text</h2>
            <pre>\(linked(mail.content.text))</pre>
            \(frame)
            """
        )
    }

    /// The page of a mail, whose links lead out of the frame it is shown in.
    static func framed(_ html: String) -> String {
        guard let head = html.firstRange(of: "<head>") else { return "<base target=\"_top\">" + html }
        return html.replacingCharacters(in: head, with: "<head><base target=\"_top\">")
    }

    private static func page(_ title: String, _ body: String, head: String = "") -> String {
        """
        <!doctype html>
        <html lang="de">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        \(head)
        <title>\(escaped(title))</title>
        <link rel="stylesheet" href="/_inbox.css">
        </head>
        <body>
        <main>
        <h1>\(escaped(title))</h1>
        \(body)
        </main>
        </body>
        </html>

        """
    }

    private static func subject(_ mail: ReceivedMail) -> String {
        mail.content.subject.isEmpty ? "(ohne Betreff)" : mail.content.subject
    }

    private static func linked(_ text: String) -> String {
        var shown = ""
        var rest = text[...]
        while let found = rest.firstMatch(of: /https?:\/\/[^\s<>"]+/) {
            let address = escaped(String(found.output))
            shown += escaped(String(rest[..<found.range.lowerBound])) + "<a href=\"\(address)\">\(address)</a>"
            rest = rest[found.range.upperBound...]
        }
        return shown + escaped(String(rest))
    }

    private static func time(_ date: Date) -> String {
        var style = Date.ISO8601FormatStyle(timeZone: .current)
        style = style.year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: false)
            .dateTimeSeparator(.space).timeSeparator(.colon)
        return "<time>\(date.formatted(style))</time>"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
