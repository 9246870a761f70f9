/// Why a command had no result. Losing Redis loses nothing that matters, so every caller has an answer for these.
package enum RedisError: Error, Sendable, Equatable {
    /// No connection, or it broke before the reply: the command may or may not have been performed.
    case unavailable
    /// No reply within the command's time.
    case timeout
    /// More commands are waiting than are allowed to.
    case overloaded
    /// Redis said no; the word is its own error code, such as `WRONGPASS` or `OOM`.
    case refused(String)
    /// A reply of another kind than the command has.
    case unexpectedReply

    package var isRetryable: Bool {
        switch self {
        case .unavailable, .timeout, .overloaded: true
        case .refused(let code): ["LOADING", "BUSY", "MASTERDOWN", "TRYAGAIN", "READONLY"].contains(code)
        case .unexpectedReply: false
        }
    }

    /// The first word of an error reply; the rest may repeat what was sent.
    static func reply(_ text: String) -> Self {
        .refused(String(text.prefix { $0 != " " }.prefix(32)))
    }
}
