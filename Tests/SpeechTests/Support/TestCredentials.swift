import CryptoExtras
import Foundation
import Kernel
import Speech
import Synchronization

enum TestCredentials {
    /// Made anew for each run of the tests.
    static let privateKey = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation }

    static func json(tokenURI: String = "http://127.0.0.1:1/token", privateKey: String? = nil) throws -> String {
        let privateKey = try privateKey ?? Self.privateKey.get()
        let fields = [
            "type": "service_account", "project_id": "proj-1", "private_key_id": "kid-1", "private_key": privateKey,
            "client_email": "speech@proj-1.iam.gserviceaccount.com", "token_uri": tokenURI,
        ]
        return String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)
    }

    /// Credentials whose tokens are `token-1`, `token-2` and so on.
    static func numbered(time: TimeSource = TestTime().source) throws -> GoogleCredentials {
        let counter = TokenCounter()
        return try GoogleCredentials(
            key: ServiceAccountKey(setting: json()),
            exchange: TokenExchange { _, _ in counter.next() },
            time: time
        )
    }
}

final class TokenCounter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func next(lifetime: Duration = .seconds(3_600)) -> TokenExchange.Grant {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return TokenExchange.Grant(token: Secret("token-\(number)"), lifetime: lifetime)
    }
}
