import Foundation
import Mail
import Testing

enum Mails {
    static func message(
        subject: String = "Grüße aus Österreich",
        text: String = "Guten Tag,\n\ndas ist ein Test.\n",
        html: String? = "<!doctype html><p>Guten Tag</p>",
        name: String? = "Anna Größl",
        sender: String? = "VoiceAgent"
    ) throws -> MailMessage {
        let from = try MailAddress("post@voiceagent.example", name: sender)
        return MailMessage(
            from: from,
            to: try MailAddress("anna@autohaus.example", name: name),
            subject: subject,
            text: text,
            html: html,
            messageID: try #require(MessageID("8c7f", from: from)),
            date: Date(timeIntervalSince1970: 1_795_352_667),
            language: "de"
        )
    }
}
