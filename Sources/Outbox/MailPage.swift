import Localization

/// A mail as a page: the paragraphs of its text, the link as a button. It loads nothing from anywhere, so that reading
/// it tells nobody.
struct MailPage {
    let language: Language
    let title: String
    /// A paragraph that is the link becomes the button.
    let paragraphs: [String]
    let link: String?
    let button: String
    let footer: String

    var html: String {
        """
        <!doctype html>
        <html lang="\(language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light">
        <title>\(Self.escaped(title))</title>
        </head>
        <body style="margin:0;padding:24px;background:#f5f6f8;color:#1b1f24;\
        font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
        <main style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">
        \(paragraphs.map(block).joined(separator: "\n"))
        </main>
        <p style="max-width:560px;margin:16px auto 0;padding:0 24px;color:#57606a;font-size:13px">\
        \(Self.lines(footer))</p>
        </body>
        </html>

        """
    }

    private func block(_ paragraph: String) -> String {
        guard let link, paragraph == link else { return "<p style=\"margin:0 0 16px\">\(Self.lines(paragraph))</p>" }
        let address = Self.escaped(link)
        return """
            <p style="margin:0 0 16px"><a href="\(address)" style="display:inline-block;padding:12px 20px;\
            background:#0b57d0;color:#ffffff;border-radius:6px;text-decoration:none;font-weight:600">\
            \(Self.escaped(button))</a></p>
            <p style="margin:0 0 16px;font-size:13px;color:#57606a;word-break:break-all">\(address)</p>
            """
    }

    private static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }
            .joined(separator: "<br>\n")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
