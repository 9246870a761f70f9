/// Why a model gave no answer, or not the whole of it. It repeats nothing of the conversation.
package enum ModelError: Error, Sendable, Equatable {
    /// The connection could not be made.
    case unavailable
    /// The provider did not answer, or did not end its answer, in time.
    case timeout
    /// The answer broke off.
    case interrupted
    /// 429; the provider asks for a pause of that many seconds, if it says so.
    case rateLimited(retryAfterSeconds: Double?)
    /// The account has used up what it paid for.
    case quotaExhausted
    /// 5xx, or an error reported within the answer; the provider may ask for a pause.
    case failed(status: Int, retryAfterSeconds: Double?)
    /// 401 or 403: the key is wrong or may not use this model.
    case unauthorized
    /// Any other refusal, for example of an unknown model.
    case refused(status: Int)
    /// The answer is not in the form the protocol promises.
    case malformedAnswer
    case answerTooLarge
    /// A tool's parameters are not JSON.
    case invalidRequest

    /// Whether the same request may succeed a little later.
    package var isRetryable: Bool {
        switch self {
        case .unavailable, .timeout, .interrupted, .rateLimited, .failed: true
        case .quotaExhausted, .unauthorized, .refused, .malformedAnswer, .answerTooLarge, .invalidRequest: false
        }
    }

    /// A stable code for logs and metrics.
    package var code: String {
        switch self {
        case .unavailable: "model_unavailable"
        case .timeout: "model_timeout"
        case .interrupted: "model_interrupted"
        case .rateLimited: "model_rate_limited"
        case .quotaExhausted: "model_quota_exhausted"
        case .failed: "model_failed"
        case .unauthorized: "model_unauthorized"
        case .refused: "model_refused"
        case .malformedAnswer: "model_malformed_answer"
        case .answerTooLarge: "model_answer_too_large"
        case .invalidRequest: "model_invalid_request"
        }
    }
}
