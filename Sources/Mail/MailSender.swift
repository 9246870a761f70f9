import CCurl
import Kernel
import NIOPosix

/// Hands mails to the server, over a few connections at once. `shutdown()` ends it.
package final class MailSender: Sendable {
    /// Larger mails are not sent; servers take at least this much.
    private static let maximumBytes = 1 << 20

    private let server: SMTPServer
    private let connectTimeout: Duration
    private let totalTimeout: Duration
    private let threads: NIOThreadPool

    /// - Parameters:
    ///   - connections: how many mails may be on their way at once; more wait. At least 1.
    ///   - connectTimeout: until the server has greeted.
    ///   - totalTimeout: for one mail, connecting included.
    package init(
        server: SMTPServer,
        connections: Int = 4,
        connectTimeout: Duration = .seconds(10),
        totalTimeout: Duration = .seconds(30)
    ) {
        self.server = server
        self.connectTimeout = connectTimeout
        self.totalTimeout = totalTimeout
        threads = NIOThreadPool(numberOfThreads: max(1, connections))
        threads.start()
    }

    /// Returns when the server has taken the mail. Once the connection is being made, cancelling no longer ends it: a
    /// mail that was half sent would be sent again.
    package func send(_ message: MailMessage) async throws(MailError) {
        guard CurlTransfer.isUsable else { throw .unreachable }
        let text = message.rendered()
        guard text.utf8.count <= Self.maximumBytes else { throw .unsendable }
        let transfer = CurlTransfer(
            server: server,
            from: message.from,
            to: message.to,
            text: text,
            connectTimeout: connectTimeout,
            totalTimeout: totalTimeout
        )
        let report: ccurl_report
        do {
            report = try await threads.runIfActive { transfer.run() }
        } catch {
            // The pool was shut down, or the task was cancelled before the transfer began.
            throw .unreachable
        }
        if let error = MailError(report) { throw error }
    }

    /// Waits for what is on its way. Nothing is sent afterwards.
    package func shutdown() async throws {
        try await threads.shutdownGracefully()
    }
}

extension MailError {
    /// Nil if the mail was taken.
    fileprivate init?(_ report: ccurl_report) {
        let reply = Int(report.reply)
        switch Int(report.outcome) {
        case CCURL_SENT: return nil
        case CCURL_TLS_FAILED: self = .tls
        case CCURL_LOGIN_DENIED: self = .unauthorized
        case CCURL_REFUSED:
            switch reply {
            // The server wants us to sign in, in another way or at all (RFC 4954 §6).
            case 530, 534, 535, 538: self = .unauthorized
            case 400..<500: self = .temporary(reply)
            default: self = .permanent(reply)
            }
        default: self = .unreachable
        }
    }
}
