/// Why a mail was not handed over. No case carries anything of the mail or of the server's words, which may quote it.
package enum MailError: Error, Sendable, Hashable {
    /// The server asks to try later: a reply from 400 to 499.
    case temporary(Int)
    /// The server will never take this mail: a reply from 500 to 599.
    case permanent(Int)
    /// No server, no answer in time, or the connection broke. After the mail was sent it may have been taken all the
    /// same; its Message-ID lets the recipient's side tell.
    case unreachable
    /// The server offers no encryption where it is required, or its certificate is not accepted.
    case tls
    /// The server does not accept our name and password.
    case unauthorized
    /// The mail cannot be put on the wire: it is larger than the server announced or than we send.
    case unsendable

    /// Whether the same mail may be taken later. What is wrong with our own settings is mended by an operator, so those
    /// mails wait too.
    package var isRetryable: Bool {
        switch self {
        case .temporary, .unreachable, .tls, .unauthorized: true
        case .permanent, .unsendable: false
        }
    }

    /// A stable code for logs and rows.
    package var code: String {
        switch self {
        case .temporary(let reply): "smtp_\(reply)"
        case .permanent(let reply): "smtp_\(reply)"
        case .unreachable: "smtp_unreachable"
        case .tls: "smtp_tls"
        case .unauthorized: "smtp_unauthorized"
        case .unsendable: "smtp_unsendable"
        }
    }
}
