import Foundation
import Localization
import Mail

/// Writes mails in the words of the catalog.
struct MailTexts: Sendable {
    private static let maximumArgumentCharacters = 300
    private static let units: Set<String> = ["days", "hours", "minutes"]

    private let catalog: Catalog

    /// - Throws: `CatalogError` naming every text that is missing or asks for what the kind does not know.
    init(_ catalog: Catalog) throws {
        let defects = Language.allCases.flatMap { Self.defects(catalog, $0) }
        guard defects.isEmpty else { throw CatalogError(defects: defects.sorted()) }
        self.catalog = catalog
    }

    func message(
        _ mail: OutgoingMail,
        from sender: MailAddress,
        messageID: MessageID,
        date: Date
    ) throws(MailAddress.Refusal) -> MailMessage {
        let recipient = try MailAddress(mail.to, name: Self.line(mail.name))
        let arguments = shown(mail)
        let subject = text("\(mail.kind.rawValue)_subject", mail, arguments)
        let greeting =
            recipient.name.map { text("greeting", mail, ["name": $0]) } ?? text("greeting_unnamed", mail)
        let body = text("\(mail.kind.rawValue)_text", mail, arguments)
        let paragraphs = [greeting] + body.components(separatedBy: "\n\n") + [text("closing", mail)]
        let footer = text("footer", mail)
        let page = MailPage(
            language: mail.language,
            title: subject,
            paragraphs: paragraphs,
            link: mail.arguments["link"],
            button: mail.arguments["link"].map { _ in text("\(mail.kind.rawValue)_button", mail) } ?? "",
            footer: footer
        )
        return MailMessage(
            from: sender,
            to: recipient,
            subject: subject,
            text: (paragraphs + ["-- \n" + footer]).joined(separator: "\n\n") + "\n",
            html: page.html,
            messageID: messageID,
            date: date,
            language: mail.language.rawValue
        )
    }

    private func text(_ key: String, _ mail: OutgoingMail, _ arguments: [String: String] = [:]) -> String {
        catalog.text("mail.\(key)", mail.language, arguments)
    }

    /// The arguments as the texts show them: codes and amounts in words, everything on one line.
    private func shown(_ mail: OutgoingMail) -> [String: String] {
        mail.arguments.reduce(into: [:]) { shown, argument in
            let (name, value) = argument
            switch name {
            case "link":
                shown[name] = value
            case "role", "change":
                shown[name] = catalog.message("mail.\(name)_\(value)", mail.language)?.text() ?? Self.line(value)
            case _ where Self.units.contains(name):
                let key = "unit_\(name)_\(value == "1" ? "one" : "other")"
                shown[name] = text(key, mail, value == "1" ? [:] : ["count": Self.line(value)])
            default:
                shown[name] = Self.line(value)
            }
        }
    }

    /// On one line, so that nothing somebody chose can pass for a paragraph of ours.
    private static func line(_ text: String) -> String {
        let words = text.unicodeScalars.split { scalar in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
        }
        return String(
            words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
                .prefix(maximumArgumentCharacters)
        )
    }

    private static func defects(_ catalog: Catalog, _ language: Language) -> [String] {
        var defects: [String] = []
        func placeholders(_ key: String) -> Set<String> {
            if let message = catalog.message("mail.\(key)", language) { return message.placeholders }
            defects.append("\(language.rawValue): mail.\(key): missing")
            return []
        }
        func check(_ key: String, _ expected: Set<String>) {
            if placeholders(key) != expected, catalog.message("mail.\(key)", language) != nil {
                defects.append("\(language.rawValue): mail.\(key): other placeholders than known")
            }
        }
        check("greeting", ["name"])
        check("greeting_unnamed", [])
        check("closing", [])
        check("footer", [])
        for unit in units {
            check("unit_\(unit)_one", [])
            check("unit_\(unit)_other", ["count"])
        }
        for kind in MailKind.allCases {
            let used = placeholders("\(kind.rawValue)_subject").union(placeholders("\(kind.rawValue)_text"))
            if used != kind.arguments {
                defects.append("\(language.rawValue): mail.\(kind.rawValue): other placeholders than known")
            }
            if kind.arguments.contains("link") { check("\(kind.rawValue)_button", []) }
        }
        return defects
    }
}
