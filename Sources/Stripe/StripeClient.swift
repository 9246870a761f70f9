package import AsyncHTTPClient
import Foundation
package import Kernel
import NIOCore
import NIOHTTP1

/// The payment provider's REST interface.
///
/// Every method throws `StripeError`, or `CancellationError` if the task is cancelled. Nothing is retried here.
package struct StripeClient: Sendable {
    /// The vendor's own address.
    package static let vendorBaseURL = "https://api.stripe.com"
    /// The form of answers we have been written for, whatever the account's default is.
    private static let version = "2024-06-20"

    private let baseURL: String
    private let secretKey: Secret
    private let http: HTTPClient
    private let time: TimeSource
    private let timeout: Duration

    /// - Parameters:
    ///   - baseURL: scheme and host, and the port if it is not the usual one.
    ///   - http: whoever made it shuts it down.
    ///   - timeout: for a whole request. One second, because the health page waits for it.
    package init(
        baseURL: String,
        secretKey: Secret,
        http: HTTPClient,
        time: TimeSource,
        timeout: Duration = .seconds(1)
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.secretKey = secretKey
        self.http = http
        self.time = time
        self.timeout = timeout
    }

    /// Asks for the account's balance, which proves that provider, network and key work; the figures are not read.
    package func checkBalance() async throws {
        struct Balance: Decodable { let object: String }

        var request = HTTPClientRequest(url: baseURL + "/v1/balance")
        request.headers.add(name: "Authorization", value: "Bearer \(secretKey.reveal())")
        request.headers.add(name: "Stripe-Version", value: Self.version)
        let body = try await perform(request)
        let balance: Balance
        do {
            balance = try JSONDecoder().decode(Balance.self, from: body)
        } catch {
            throw StripeError.unexpectedAnswer
        }
        guard balance.object == "balance" else { throw StripeError.unexpectedAnswer }
    }

    private func perform(_ request: HTTPClientRequest) async throws -> Data {
        do {
            // The HTTP client's own deadline ends with the head of the answer.
            let (status, body) = try await time.limit(timeout) { [http, timeout] in
                let response = try await http.execute(request, timeout: TimeAmount(timeout))
                return (Int(response.status.code), try await response.body.collect(upTo: 1 << 20))
            }
            switch status {
            case 200..<300: return Data(body.readableBytesView)
            case 401, 403: throw StripeError.unauthorized
            case 429: throw StripeError.rateLimited
            case let status where status >= 500: throw StripeError.failed(status: status)
            case let status: throw StripeError.refused(status: status)
            }
        } catch is TimeLimitExceeded {
            throw StripeError.timeout
        } catch let error as HTTPClientError {
            switch error {
            case .cancelled: throw CancellationError()
            case .deadlineExceeded, .connectTimeout, .readTimeout, .getConnectionFromPoolTimeout:
                throw StripeError.timeout
            default: throw StripeError.unavailable
            }
        } catch is NIOTooManyBytesError {
            throw StripeError.unexpectedAnswer
        } catch let error as StripeError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StripeError.unavailable
        }
    }
}
