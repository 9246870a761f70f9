import Crypto
import CryptoExtras
package import Foundation
import Synchronization

/// The service account that the sandbox's Google knows, and the tokens it has issued for it.
package final class ServiceAccount: Sendable {
    package enum Failure: Error, Equatable {
        /// The file is not a service-account key.
        case notAKey
        /// OAuth's error code and description.
        case refused(String, String)
    }

    private struct File: Codable {
        let type: String
        let projectId: String
        let privateKeyId: String
        let privateKey: String
        let clientEmail: String
        let clientId: String
        let tokenUri: String
    }

    private struct Header: Decodable {
        let alg: String
        let typ: String?
    }

    private struct Claims: Decodable {
        let iss: String
        let sub: String?
        let aud: String
        let scope: String
        let iat: Int
        let exp: Int
    }

    private static let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    /// Google's own library names this audience whatever the key file says.
    private static let googleTokenURI = "https://oauth2.googleapis.com/token"
    private static let scope = "https://www.googleapis.com/auth/cloud-platform"
    /// Google's clocks and ours may differ by so much.
    private static let skew = 60
    package static let tokenLifetime = 3_600

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private let file: File
    private let publicKey: _RSA.Signing.PublicKey
    private let address: Mutex<String>
    private let tokens = Mutex<[String: Date]>([:])

    /// A new account with a fresh key of 2,048 bits.
    package convenience init(tokenURI: String) throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        try self.init(
            file: File(
                type: "service_account",
                projectId: "sandbox-project",
                privateKeyId: UUID().uuidString.replacing("-", with: "").lowercased(),
                privateKey: key.pkcs8PEMRepresentation + "\n",
                clientEmail: "voiceagent@sandbox-project.iam.gserviceaccount.com",
                clientId: "100000000000000000001",
                tokenUri: tokenURI
            )
        )
    }

    /// The account of a key file.
    package convenience init(json: Data) throws {
        guard let file = try? Self.decoder.decode(File.self, from: json) else { throw Failure.notAKey }
        try self.init(file: file)
    }

    private init(file: File) throws {
        self.file = file
        address = Mutex(file.tokenUri)
        guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: file.privateKey) else { throw Failure.notAKey }
        publicKey = key.publicKey
    }

    /// Where tokens are issued: the audience of every assertion, and what the key file says.
    package var tokenURI: String { address.withLock { $0 } }

    /// Names the place where tokens are issued, once it listens.
    func move(to tokenURI: String) {
        address.withLock { $0 = tokenURI }
    }

    package var projectID: String { file.projectId }

    /// The key file, as Google's console gives it.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            File(
                type: file.type,
                projectId: file.projectId,
                privateKeyId: file.privateKeyId,
                privateKey: file.privateKey,
                clientEmail: file.clientEmail,
                clientId: file.clientId,
                tokenUri: tokenURI
            )
        )
    }

    /// Writes the key file readable by its owner only.
    package func write(to url: URL) throws {
        let isWritten = FileManager.default.createFile(
            atPath: url.path,
            contents: try json(),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Exchanges a signed assertion for an access token, as Google's token endpoint does.
    /// - Throws: `Failure.refused`.
    func exchange(grantType: String?, assertion: String?, now: Date = Date()) throws(Failure) -> String {
        guard grantType == Self.grant else { throw .refused("unsupported_grant_type", "Invalid grant_type") }
        let parts = (assertion ?? "").split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let header = decode(Header.self, parts[0]), let claims = decode(Claims.self, parts[1]),
            let signature = Data(base64URL: parts[2])
        else { throw .refused("invalid_grant", "Invalid JWT") }
        guard header.alg == "RS256" else { throw .refused("invalid_grant", "Invalid JWT: algorithm") }
        let signed = Data((parts[0] + "." + parts[1]).utf8)
        let isValid = publicKey.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature),
            for: SHA256.hash(data: signed),
            padding: .insecurePKCS1v1_5
        )
        guard isValid else { throw .refused("invalid_grant", "Invalid JWT Signature.") }
        guard claims.iss == file.clientEmail, claims.sub == nil || claims.sub == file.clientEmail else {
            throw .refused("invalid_grant", "Invalid grant: account not found")
        }
        guard [tokenURI, Self.googleTokenURI].contains(claims.aud) else {
            throw .refused("invalid_grant", "Invalid JWT: audience")
        }
        let seconds = Int(now.timeIntervalSince1970)
        let isTimely =
            claims.iat <= seconds + Self.skew && claims.exp > seconds && claims.exp <= claims.iat + Self.tokenLifetime
        guard isTimely else {
            throw .refused(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            )
        }
        guard claims.scope.split(separator: " ").contains(Substring(Self.scope)) else {
            throw .refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        }
        return issue(now: now)
    }

    private func issue(now: Date) -> String {
        let token = "ya29.sandbox-" + UUID().uuidString.replacing("-", with: "").lowercased()
        tokens.withLock { tokens in
            tokens = tokens.filter { $0.value > now }
            tokens[token] = now.addingTimeInterval(Double(Self.tokenLifetime))
        }
        return token
    }

    /// Whether a request's `authorization` carries a token that was issued here and is still good.
    func accepts(authorization: String?, now: Date = Date()) -> Bool {
        guard let authorization, authorization.hasPrefix("Bearer ") else { return false }
        let token = String(authorization.dropFirst(7))
        return tokens.withLock { $0[token] }.map { $0 > now } ?? false
    }

    /// Makes every token issued so far worthless, as a revoked key would.
    package func revokeTokens() {
        tokens.withLock { $0.removeAll() }
    }

    private func decode<T: Decodable>(_ type: T.Type, _ part: String) -> T? {
        Data(base64URL: part).flatMap { try? JSONDecoder().decode(type, from: $0) }
    }
}

extension Data {
    /// Base64 with `-` and `_`, without padding.
    fileprivate init?(base64URL text: String) {
        var text = text.replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        self.init(base64Encoded: text)
    }
}
