import ArgumentParser
import Foundation
import Kernel
import Mail

/// Lets a mail server that is not ours judge our mails: JSON lines in, one outcome for each out.
struct MailJudgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail",
        abstract: "Send mails for an independent judge.",
        shouldDisplay: false,
        subcommands: [Send.self]
    )

    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Read mails from standard input.")

        func run() async throws {
            while let line = readLine(strippingNewline: true) {
                let order = try JSONDecoder().decode(Order.self, from: Data(line.utf8))
                print(try await order.outcome())
            }
        }
    }

    private struct Order: Decodable {
        let url: String
        let password: String?
        let tls: String
        let caFile: String?
        let from: String
        let to: String
        let name: String?
        let subject: String
        let text: String
        let html: String?
        let id: String

        enum CodingKeys: String, CodingKey {
            case url, password, tls, from, to, name, subject, text, html, id
            case caFile = "ca_file"
        }

        /// `sent`, or the code of what went wrong.
        func outcome() async throws -> String {
            let message: MailMessage
            let server: SMTPServer
            do {
                let sender = try MailAddress(mailbox: from)
                guard let messageID = MessageID(id, from: sender) else { return "mail_id" }
                message = MailMessage(
                    from: sender,
                    to: try MailAddress(to, name: name),
                    subject: subject,
                    text: text,
                    html: html,
                    messageID: messageID,
                    date: Date(),
                    language: "de"
                )
                server = try SMTPServer(
                    url: url,
                    password: password.map { Secret($0) },
                    tls: SMTPServer.Encryption(rawValue: tls) ?? .required,
                    caFile: caFile
                )
            } catch let refusal as MailAddress.Refusal {
                return refusal.rawValue
            } catch let refusal as SMTPServer.Refusal {
                return refusal.rawValue
            }
            let sender = MailSender(server: server, connections: 1)
            var outcome = "sent"
            do throws(MailError) {
                try await sender.send(message)
            } catch {
                outcome = error.code
            }
            try await sender.shutdown()
            return outcome
        }
    }
}
