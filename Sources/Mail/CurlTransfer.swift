import CCurl
import Kernel

/// One mail on its way through libcurl.
struct CurlTransfer: Sendable {
    let server: SMTPServer
    let from: MailAddress
    let to: MailAddress
    let text: String
    let connectTimeout: Duration
    let totalTimeout: Duration

    /// libcurl wants to be started once in a process.
    static let isUsable = ccurl_start()

    /// Blocks until the mail is taken or refused.
    func run() -> ccurl_report {
        let scheme = server.isImplicitTLS ? "smtps" : "smtp"
        // What stands behind the host is how we introduce ourselves; otherwise the machine's own name is told.
        let url = "\(scheme)://\(server.host):\(server.port)/\(from.domain)"
        return Self.withStrings([url, server.caFile, server.user, server.password?.reveal(), from.address, to.address])
        {
            strings in
            var bytes = text
            return bytes.withUTF8 { message in
                var mail = ccurl_mail()
                mail.url = strings[0]
                mail.ca_file = strings[1]
                mail.user = strings[2]
                mail.password = strings[3]
                mail.from = strings[4]
                mail.to = strings[5]
                mail.tls = Int32(server.isImplicitTLS ? CCURL_TLS_REQUIRED : server.encryption.option)
                mail.message = message.baseAddress
                mail.length = message.count
                mail.connect_timeout_ms = connectTimeout.milliseconds
                mail.total_timeout_ms = totalTimeout.milliseconds
                return ccurl_send(&mail)
            }
        }
    }

    /// C strings for the time of `body`; nil stays a null pointer.
    private static func withStrings<Result>(
        _ strings: [String?],
        _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        func next(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) -> Result {
            guard index < strings.count else { return body(pointers) }
            guard let string = strings[index] else { return next(index + 1, pointers + [nil]) }
            return string.withCString { next(index + 1, pointers + [$0]) }
        }
        return next(0, [])
    }
}

extension SMTPServer.Encryption {
    fileprivate var option: Int {
        switch self {
        case .required: Int(CCURL_TLS_REQUIRED)
        case .opportunistic: Int(CCURL_TLS_IF_OFFERED)
        case .none: Int(CCURL_TLS_NONE)
        }
    }
}
