import Foundation
import Kernel
import Mail
import TestSupport
import Testing

@Suite("Handing mails over") struct MailSenderTests {
    typealias Answer = ScriptedSMTPServer.Answer

    @Test("a mail arrives as it was written, dots doubled on the way") func arrives() async throws {
        try await ScriptedSMTPServer.run { server in
            let message = try Mails.message(text: ".\n..zwei\nÄpfel\n", html: nil)
            try await Self.send(message, to: server.port)
            let session = server.session.value
            #expect(session.commands.first == "EHLO voiceagent.example")
            #expect(session.commands.contains { $0.hasPrefix("MAIL FROM:<post@voiceagent.example>") })
            #expect(session.commands.contains("RCPT TO:<anna@autohaus.example>"))
            let sent = try #require(session.messages.first)
            #expect(session.messages.count == 1)
            #expect(sent.contains("\r\n\r\n..\r\n...zwei\r\n=C3=84pfel"))
            let undoubled = sent.components(separatedBy: "\r\n").map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 }
            #expect(undoubled.joined(separator: "\r\n") + "\r\n" == message.rendered())
        }
    }

    @Test(
        "a refusal tells whether the mail may be taken later",
        arguments: [
            ("MAIL", "451 later", MailError.temporary(451)), ("RCPT", "450 busy", .temporary(450)),
            ("RCPT", "550 no such person", .permanent(550)), ("DATA", "554 no", .permanent(554)),
            ("message", "452 full", .temporary(452)), ("message", "552 too much", .permanent(552)),
            ("MAIL", "530 sign in first", .unauthorized), ("greeting", "421 not now", .temporary(421)),
            ("greeting", "554 not you", .unreachable),
        ]
    ) func refusals(at verb: String, with reply: String, means error: MailError) async throws {
        try await ScriptedSMTPServer.run { line in
            line.hasPrefix(verb) ? .reply(reply) : nil
        } _: { server in
            await #expect(throws: error) { try await Self.send(try Mails.message(), to: server.port) }
            #expect(error.isRetryable == !reply.hasPrefix("55") || verb == "greeting")
        }
    }

    @Test("a connection that breaks or says nothing is an unreachable server", arguments: ["DATA", "message", "RCPT"])
    func broken(at verb: String) async throws {
        for answer in [Answer.hangUp, .silence] {
            try await ScriptedSMTPServer.run { line in
                line.hasPrefix(verb) ? answer : nil
            } _: { server in
                await #expect(throws: MailError.unreachable) {
                    try await Self.send(try Mails.message(), to: server.port, within: .milliseconds(500))
                }
            }
        }
    }

    @Test("where nobody listens the server is unreachable") func nobody() async throws {
        var port = 0
        try await ScriptedSMTPServer.run { port = $0.port }
        let closed = port
        await #expect(throws: MailError.unreachable) { try await Self.send(try Mails.message(), to: closed) }
    }

    @Test("where encryption is required nothing is said in clear") func encryption() async throws {
        try await ScriptedSMTPServer.run { server in
            await #expect(throws: MailError.tls) {
                try await Self.send(try Mails.message(), to: server.port, encryption: .required)
            }
            #expect(server.session.value.messages.isEmpty)
            #expect(!server.session.value.commands.contains { $0.hasPrefix("MAIL") || $0.hasPrefix("AUTH") })
        }
    }

    @Test("name and password are given, and their refusal is told apart") func credentials() async throws {
        let refusals: [(String?, MailError?)] = [
            (nil, nil), ("535 wrong", .unauthorized), ("454 later", .temporary(454)),
        ]
        for (reply, error) in refusals {
            try await ScriptedSMTPServer.run { line in
                line == "credentials" ? reply.map(Answer.reply) : nil
            } _: { server in
                let outcome = await Self.outcome {
                    try await Self.send(Mails.message(), to: server.port, user: "anna", password: "geheim")
                }
                #expect(outcome == error)
                let credentials = Data("\0anna\0geheim".utf8).base64EncodedString()
                let text = server.session.value.commands.joined(separator: " ")
                #expect(text.contains(credentials))
            }
        }
    }

    @Test("many mails go out at once, each whole") func many() async throws {
        try await ScriptedSMTPServer.run { server in
            let sender = MailSender(server: try Self.server(server.port))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask { try await sender.send(try Mails.message(text: "Nummer \(number).\n", html: nil)) }
                }
                try await group.waitForAll()
            }
            try await sender.shutdown()
            let messages = server.session.value.messages
            #expect(messages.count == 20)
            for number in 0..<20 { #expect(messages.contains { $0.hasSuffix("\r\nNummer \(number).") }) }
        }
    }

    @Test("a mail larger than a megabyte is not sent") func large() async throws {
        let message = try Mails.message(text: String(repeating: "0123456789 ", count: 100_000))
        await #expect(throws: MailError.unsendable) { try await Self.send(message, to: 9) }
        #expect(!MailError.unsendable.isRetryable)
    }

    private static func outcome(_ body: () async throws -> Void) async -> MailError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? MailError
        }
    }

    private static func server(
        _ port: Int,
        encryption: SMTPServer.Encryption = .none,
        user: String? = nil,
        password: String? = nil
    ) throws -> SMTPServer {
        try SMTPServer(
            url: "smtp://127.0.0.1:\(port)",
            user: user,
            password: password.map { Secret($0) },
            tls: encryption
        )
    }

    private static func send(
        _ message: MailMessage,
        to port: Int,
        encryption: SMTPServer.Encryption = .none,
        user: String? = nil,
        password: String? = nil,
        within limit: Duration = .seconds(20)
    ) async throws {
        let server = try server(port, encryption: encryption, user: user, password: password)
        let sender = MailSender(server: server, connections: 1, totalTimeout: limit)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await sender.send(message))
        } catch {
            outcome = .failure(error)
        }
        try await sender.shutdown()
        try outcome.get()
    }
}
