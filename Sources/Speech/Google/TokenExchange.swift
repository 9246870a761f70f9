package import AsyncHTTPClient
import Foundation
package import Kernel
import NIOCore
import NIOHTTP1

/// Turns a signed assertion into an access token at the URI that the key names.
package struct TokenExchange: Sendable {
    package struct Grant: Sendable {
        package let token: Secret
        package let lifetime: Duration

        package init(token: Secret, lifetime: Duration) {
            self.token = token
            self.lifetime = lifetime
        }
    }

    /// Arguments: the assertion, the token URI. Throws `SpeechError`.
    let exchange: @Sendable (Secret, String) async throws -> Grant

    package init(exchange: @escaping @Sendable (Secret, String) async throws -> Grant) {
        self.exchange = exchange
    }

    /// Over HTTP, as RFC 7523 says.
    package init(http: HTTPClient, timeout: Duration = .seconds(10)) {
        exchange = { assertion, uri in
            var request = HTTPClientRequest(url: uri)
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.headers.add(name: "Accept", value: "application/json")
            // Base64url needs no escaping in a form.
            let form = "grant_type=\(Self.grantType)&assertion=\(assertion.reveal())"
            request.body = .bytes(ByteBuffer(string: form))
            let status: Int
            let body: ByteBuffer
            do {
                let response = try await http.execute(request, timeout: .milliseconds(Int64(timeout.milliseconds)))
                status = Int(response.status.code)
                body = try await response.body.collect(upTo: 65_536)
            } catch let error as CancellationError {
                throw error
            } catch {
                throw SpeechError(.unavailable, provider: SpeechError.google, code: "token_connection")
            }
            return try Self.grant(status: status, body: Data(body.readableBytesView))
        }
    }

    private static let grantType = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"

    private struct Answer: Decodable {
        let accessToken: String
        let expiresIn: Int?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case expiresIn = "expires_in"
        }
    }

    static func grant(status: Int, body: Data) throws(SpeechError) -> Grant {
        switch status {
        case 200: break
        case 429: throw SpeechError(.quota, provider: SpeechError.google, code: "token_\(status)")
        case 400..<500: throw SpeechError(.refused, provider: SpeechError.google, code: "token_\(status)")
        default: throw SpeechError(.unavailable, provider: SpeechError.google, code: "token_\(status)")
        }
        let answer: Answer
        do {
            answer = try JSONDecoder().decode(Answer.self, from: body)
        } catch {
            throw SpeechError(.unavailable, provider: SpeechError.google, code: "token_answer")
        }
        guard !answer.accessToken.isEmpty else {
            throw SpeechError(.unavailable, provider: SpeechError.google, code: "token_answer")
        }
        return Grant(token: Secret(answer.accessToken), lifetime: .seconds(max(answer.expiresIn ?? 3_600, 0)))
    }
}
