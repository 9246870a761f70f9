package import HTTPTypes

/// Every way in which a request can be refused. Programs tell refusals apart by these words, which never change; the
/// texts stand in `api.title_<code>` and `api.detail_<code>`.
package enum ProblemCode: String, Sendable, Hashable, CaseIterable {
    case badRequest = "bad_request"
    case malformedJSON = "malformed_json"
    case unauthorized
    /// Foreign, nonexistent, over, or beyond the key's scopes: one answer (decision 3).
    case notVisible = "not_visible"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case numberUnavailable = "number_unavailable"
    case requestRunning = "request_running"
    case tenantSuspended = "tenant_suspended"
    case contentTooLarge = "content_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case invalidRequest = "invalid_request"
    case idempotencyKeyReused = "idempotency_key_reused"
    case tooManyRequests = "too_many_requests"
    case internalError = "internal_error"
    case carrierUnavailable = "carrier_unavailable"
    case unavailable

    package var status: HTTPResponse.Status {
        switch self {
        case .badRequest, .malformedJSON: .badRequest
        case .unauthorized: .unauthorized
        case .notVisible: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .numberUnavailable, .requestRunning, .tenantSuspended: .conflict
        case .contentTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .invalidRequest, .idempotencyKeyReused: .unprocessableContent
        case .tooManyRequests: .tooManyRequests
        case .internalError: .internalServerError
        case .carrierUnavailable, .unavailable: .serviceUnavailable
        }
    }

    /// The code of a refusal that was made before a handler was asked.
    init(_ status: HTTPResponse.Status) {
        self =
            switch status.code {
            case 403: .notVisible
            case 404: .notFound
            case 405: .methodNotAllowed
            case 413: .contentTooLarge
            case 415: .unsupportedMediaType
            case 400..<500: .badRequest
            case 503: .unavailable
            default: .internalError
            }
    }
}
