/// Hands mails to the server, over a few connections at once.
package struct MailSender: Sendable {
    private let server: SMTPServer

    package init(server: SMTPServer) {
        self.server = server
    }

    /// Returns when the server has taken the mail.
    package func send(_ message: MailMessage) async throws(MailError) {
        throw .unreachable
    }
}
