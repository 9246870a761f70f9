import Crypto
import Foundation

/// The carrier's signature over a request, as the carrier makes it: HMAC-SHA1 of the URL and the sorted form under the
/// account's token, in base64.
package enum CarrierSignature {
    /// `url` is the URL as requested; its user, its fragment and, for https and wss, its port are left out here.
    package static func sign(url: String, form: [(String, String)] = [], token: String) -> String {
        var values = [String: Set<String>]()
        for (name, value) in form { values[name, default: []].insert(value) }
        var text = signedURL(url)
        for name in values.keys.sorted(by: precedes) {
            for value in (values[name] ?? []).sorted(by: precedes) { text += name + value }
        }
        let key = SymmetricKey(data: Data(token.utf8))
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Data(text.utf8), using: key)
        return Data(code).base64EncodedString()
    }

    private static func signedURL(_ url: String) -> String {
        let withoutFragment = url.prefix { $0 != "#" }
        guard let schemeEnd = withoutFragment.range(of: "://") else { return String(withoutFragment) }
        let scheme = withoutFragment[..<schemeEnd.lowerBound].lowercased()
        let rest = withoutFragment[schemeEnd.upperBound...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        if let user = authority.lastIndex(of: "@") { authority = authority[authority.index(after: user)...] }
        if scheme == "https" || scheme == "wss", let port = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            authority = authority[..<port]
        }
        return String(withoutFragment[..<schemeEnd.upperBound]) + authority + rest[authorityEnd...]
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf16.lexicographicallyPrecedes(right.utf16)
    }
}
