/// Why a request to the carrier's REST interface had no result. It repeats nothing of the carrier's texts, since they
/// may name telephone numbers.
package enum TwilioError: Error, Sendable, Equatable {
    /// The connection could not be made or broke.
    case unavailable
    case timeout
    /// 429; the carrier asks for a pause of that many seconds, if it says so.
    case rateLimited(retryAfterSeconds: Int?)
    /// 5xx.
    case failed(status: Int)
    /// 401: the account or its token is wrong.
    case unauthorized
    /// Any other refusal, with the carrier's own number for it (see the vendor's list of errors).
    case refused(status: Int, code: Int?)
    /// An answer that is not what the interface promises.
    case unexpectedAnswer

    /// Whether the same request may succeed a little later.
    package var isRetryable: Bool {
        switch self {
        case .unavailable, .timeout, .rateLimited, .failed: true
        case .unauthorized, .refused, .unexpectedAnswer: false
        }
    }

    /// The call that was to be changed is over, or was never known to this account.
    package var meansCallIsOver: Bool {
        switch self {
        case .refused(_, code: 21_220), .refused(status: 404, _): true
        default: false
        }
    }

    /// A stable code for logs and metrics.
    package var code: String {
        switch self {
        case .unavailable: "twilio_unavailable"
        case .timeout: "twilio_timeout"
        case .rateLimited: "twilio_rate_limited"
        case .failed: "twilio_failed"
        case .unauthorized: "twilio_unauthorized"
        case .refused: "twilio_refused"
        case .unexpectedAnswer: "twilio_unexpected_answer"
        }
    }
}
