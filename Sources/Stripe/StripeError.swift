/// Why a request to the payment provider had no result.
package enum StripeError: Error, Sendable, Equatable {
    /// The connection could not be made or broke.
    case unavailable
    case timeout
    case rateLimited
    /// 5xx.
    case failed(status: Int)
    /// 401 or 403: the key is wrong, has expired or may not do this.
    case unauthorized
    case refused(status: Int)
    /// An answer that is not what the interface promises.
    case unexpectedAnswer

    /// Whether the same request may succeed a little later.
    package var isRetryable: Bool {
        switch self {
        case .unavailable, .timeout, .rateLimited, .failed: true
        case .unauthorized, .refused, .unexpectedAnswer: false
        }
    }

    /// A stable code for logs and metrics.
    package var code: String {
        switch self {
        case .unavailable: "stripe_unavailable"
        case .timeout: "stripe_timeout"
        case .rateLimited: "stripe_rate_limited"
        case .failed: "stripe_failed"
        case .unauthorized: "stripe_unauthorized"
        case .refused: "stripe_refused"
        case .unexpectedAnswer: "stripe_unexpected_answer"
        }
    }
}
