import Foundation
import HTTPTypes
import Hummingbird

/// Google's token endpoint.
struct TokenEndpoint: Sendable {
    let account: ServiceAccount
    let faults: Faults

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.post("/token") { request, _ in
            switch faults.meet(.token) {
            case .error, .errorMidway, .quota:
                return try HTTPAnswer.object(.serviceUnavailable, ["error": "backend_error"])
            case .stall, .stallMidway: try await Task.sleep(for: .seconds(600))
            case .denied: return try HTTPAnswer.object(.badRequest, ["error": "invalid_grant"])
            case .garbage, nil: break
            }
            let form = try await HTTPAnswer.form(request)
            do throws(ServiceAccount.Failure) {
                let token = try account.exchange(grantType: form["grant_type"], assertion: form["assertion"])
                return try answer(token)
            } catch {
                guard case .refused(let code, let description) = error else {
                    return try HTTPAnswer.object(.internalServerError, ["error": "internal_failure"])
                }
                return try HTTPAnswer.object(.badRequest, ["error": code, "error_description": description])
            }
        }
    }

    private func answer(_ token: String) throws(ServiceAccount.Failure) -> Response {
        do {
            return try HTTPAnswer.object([
                "access_token": token, "expires_in": ServiceAccount.tokenLifetime, "token_type": "Bearer",
            ])
        } catch {
            throw .notAKey
        }
    }
}

/// Stripe's balance, which is what a health check asks for.
struct StripeEndpoint: Sendable {
    let faults: Faults

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("/v1/balance") { request, _ in
            switch faults.meet(.stripe) {
            case .error, .errorMidway, .garbage:
                return try refuse(.internalServerError, "api_error", "Something went wrong on Stripe's end.")
            case .quota: return try refuse(.tooManyRequests, "invalid_request_error", "Too many requests")
            case .stall, .stallMidway: try await Task.sleep(for: .seconds(600))
            case .denied: return try refuse(.unauthorized, "invalid_request_error", "Invalid API Key provided")
            case nil: break
            }
            let authorization = request.headers[.authorization] ?? ""
            guard ["Bearer sk_test_", "Bearer rk_test_"].contains(where: authorization.hasPrefix) else {
                let isMissing = authorization.isEmpty
                return try refuse(
                    .unauthorized,
                    "invalid_request_error",
                    isMissing ? "You did not provide an API key." : "Invalid API Key provided: ****"
                )
            }
            return try HTTPAnswer.object([
                "object": "balance", "livemode": false,
                "available": [["amount": 0, "currency": "eur", "source_types": ["card": 0]] as [String: Any]],
                "pending": [["amount": 0, "currency": "eur", "source_types": ["card": 0]] as [String: Any]],
            ])
        }
    }

    private func refuse(_ status: HTTPResponse.Status, _ type: String, _ message: String) throws -> Response {
        try HTTPAnswer.object(status, ["error": ["type": type, "message": message]])
    }
}
