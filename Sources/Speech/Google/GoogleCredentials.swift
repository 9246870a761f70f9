package import AsyncHTTPClient
import Foundation
import JWTKit
package import Kernel

/// Access tokens of one service account, fetched once for all who ask and renewed before they expire.
package actor GoogleCredentials {
    /// How long before its end a token is replaced.
    private static let lead = Duration.seconds(300)
    /// After a renewal that failed, how long the old token is handed out before the next attempt.
    private static let pause = Duration.seconds(10)

    private struct Token {
        let value: Secret
        let renewAt: Date
        let expiresAt: Date
    }

    package nonisolated let projectID: String
    private let key: ServiceAccountKey
    private let exchange: TokenExchange
    private let time: TimeSource
    private let signer: Insecure.RSA.PrivateKey
    private var current: Token?
    /// Owned here, and not by the first who asks: that one's cancellation must not fail the others.
    private var renewal: Task<Secret, any Error>?
    private var nextAttempt = Date.distantPast

    /// - Throws: `ServiceAccountKey.Problem.privateKey` unless the key is an RSA key of at least 2,048 bits in PEM.
    package init(
        key: ServiceAccountKey,
        exchange: TokenExchange,
        time: TimeSource
    ) throws(ServiceAccountKey.Problem) {
        self.key = key
        self.exchange = exchange
        self.time = time
        projectID = key.projectID
        do {
            signer = try Insecure.RSA.PrivateKey(pem: key.privateKey.reveal())
        } catch {
            throw .privateKey
        }
    }

    /// - Parameter setting: the JSON of a service account's key, or the path of its file.
    package init(setting: String, http: HTTPClient, time: TimeSource) throws(ServiceAccountKey.Problem) {
        try self.init(key: ServiceAccountKey(setting: setting), exchange: TokenExchange(http: http), time: time)
    }

    /// A token that is valid now. Throws `SpeechError`.
    package func token() async throws -> Secret {
        let now = time.now()
        if let current, now < current.expiresAt {
            if now >= current.renewAt, renewal == nil, now >= nextAttempt { startRenewal() }
            return current.value
        }
        return try await (renewal ?? startRenewal()).value
    }

    /// Drops a token that the provider has refused, so that the next one who asks gets a new one.
    package func reject(_ token: Secret) {
        if current?.value == token { current = nil }
    }

    @discardableResult
    private func startRenewal() -> Task<Secret, any Error> {
        let task = Task { try await renew() }
        renewal = task
        return task
    }

    private func renew() async throws -> Secret {
        defer { renewal = nil }
        do {
            let issuedAt = time.now()
            let grant = try await exchange.exchange(assertion(at: issuedAt), key.tokenURI)
            let expiresAt = issuedAt.addingTimeInterval(grant.lifetime.seconds)
            // A token that lives shorter than that is renewed halfway.
            let early = min(Self.lead.seconds, grant.lifetime.seconds / 2)
            current = Token(value: grant.token, renewAt: expiresAt.addingTimeInterval(-early), expiresAt: expiresAt)
            return grant.token
        } catch {
            nextAttempt = time.now().addingTimeInterval(Self.pause.seconds)
            throw SpeechError(google: error)
        }
    }

    private struct Assertion: JWTPayload {
        let iss: String
        let sub: String
        let aud: String
        let scope: String
        let iat: Int
        let exp: Int

        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    private func assertion(at date: Date) async throws -> Secret {
        let issuedAt = Int(date.timeIntervalSince1970)
        let payload = Assertion(
            iss: key.clientEmail,
            sub: key.clientEmail,
            aud: key.tokenURI,
            scope: "https://www.googleapis.com/auth/cloud-platform",
            iat: issuedAt,
            exp: issuedAt + 3_600
        )
        do {
            let keys = JWTKeyCollection()
            let kid = key.privateKeyID.map { JWKIdentifier(string: $0) }
            await keys.add(rsa: signer, digestAlgorithm: .sha256, kid: kid)
            return Secret(try await keys.sign(payload, kid: kid))
        } catch {
            throw SpeechError(.refused, provider: SpeechError.google, code: "assertion")
        }
    }
}
