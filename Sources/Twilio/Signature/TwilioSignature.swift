import Crypto
package import Kernel

/// Whether a request was signed by the carrier: HMAC-SHA1 with the account's token, in base64, over the URL exactly as
/// it was requested and the posted parameters.
///
/// The URL must be built from the configured public base URL, never from headers of the request (requirement H4). Its
/// path and query must be the bytes of the request line, neither decoded nor encoded again.
/// Source: the vendor's documentation of webhook security and the validators of its libraries.
package enum TwilioSignature {
    package static let headerName = "X-Twilio-Signature"

    /// A form request. For GET, `parameters` is empty: what is in the query is part of the URL.
    ///
    /// - Parameters:
    ///   - header: the value of `X-Twilio-Signature`.
    ///   - parameters: the decoded pairs of the body, neither trimmed nor filtered, in any order.
    ///   - tokens: the account's token, or two of them while it is being changed. An empty token never matches.
    package static func isValid(
        header: String,
        url: String,
        parameters: [(String, String)],
        tokens: [Secret]
    ) -> Bool {
        guard let request = SignedURL(url) else { return false }
        return matches(header, request.spellings, signedText(of: parameters), tokens)
    }

    /// A request whose body is not a form: the URL, which carries the body's hash as `bodySHA256`, is signed alone.
    package static func isValid(header: String, url: String, body: [UInt8], tokens: [Secret]) -> Bool {
        guard let request = SignedURL(url), let expected = request.queryValue("bodySHA256") else { return false }
        let hash = SHA256.hash(data: body).flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 15)]] }
        let bodyMatches = isEqual(hash, Array(expected.utf8))
        return matches(header, request.spellings, [], tokens) && bodyMatches
    }

    /// The handshake of a media stream, for the URL as it stood in `<Stream url>`: the carrier sometimes signs it with a
    /// slash at its end that was not there.
    package static func isValidHandshake(header: String, url: String, tokens: [Secret]) -> Bool {
        guard let request = SignedURL(url) else { return false }
        return matches(header, request.spellings + request.withOtherEnding.spellings, [], tokens)
    }

    /// Names and values without delimiters, sorted by name; the values of a repeated name once each and sorted.
    ///
    /// Order and equality are those of the bytes: Swift's own comparison of strings holds `é` and `e´` for equal.
    private static func signedText(of parameters: [(String, String)]) -> [UInt8] {
        let pairs = parameters.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) }
            .sorted {
                $0.name == $1.name
                    ? $0.value.lexicographicallyPrecedes($1.value) : $0.name.lexicographicallyPrecedes($1.name)
            }
        var text: [UInt8] = []
        for (index, pair) in pairs.enumerated() where index == 0 || pair != pairs[index - 1] {
            text += pair.name
            text += pair.value
        }
        return text
    }

    /// Tries every spelling with every token, also after one has matched, so that the time tells nothing.
    private static func matches(_ header: String, _ urls: [String], _ text: [UInt8], _ tokens: [Secret]) -> Bool {
        let given = Array(header.utf8)
        var found = false
        for token in tokens where !token.isEmpty {
            let key = SymmetricKey(data: Array(token.reveal().utf8))
            for url in urls {
                var code = HMAC<Insecure.SHA1>(key: key)
                code.update(data: Array(url.utf8))
                code.update(data: text)
                let matches = isEqual(base64(Array(code.finalize())), given)
                found = found || matches
            }
        }
        return found
    }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var text = [UInt8](repeating: 0, count: Base64.encodedCount(of: bytes.count))
        _ = bytes.withUnsafeBytes { bytes in text.withUnsafeMutableBytes { Base64.encode(bytes, into: $0) } }
        return text
    }

    /// Takes the same time wherever two texts of the same length differ.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
