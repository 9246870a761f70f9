import Crypto
import Foundation

/// Signs parameters, already in their order, as the vendor describes it, with Foundation's base64 and no help from the code under test.
enum Signing {
    static func header(for url: String, _ sorted: [(String, String)], token: String) -> String {
        let text = sorted.reduce(url) { $0 + $1.0 + $1.1 }
        let key = SymmetricKey(data: Data(token.utf8))
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Data(text.utf8), using: key)
        return Data(code).base64EncodedString()
    }
}
