import Crypto
package import Foundation
package import Kernel

/// The proof that a media stream belongs to a call whose webhook we have answered (decision 10).
///
/// It is derived and not stored, so that a repeated webhook answers the same. It opens one stream of one call, the one
/// with its ordinal, and only until it expires.
package struct MediaToken: Sendable {
    /// The name of the stream's `<Parameter>`.
    package static let parameter = "token"
    /// How long after the webhook a stream may begin.
    package static let lifetime: TimeInterval = 60

    private let key: Secret

    /// - Parameter key: known to every node of the installation, and to nobody else.
    package init(key: Secret) {
        self.key = key
    }

    package func text(for call: CallSid, _ offer: StreamOffer) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.message(call, offer), using: symmetricKey)
        return "\(offer.ordinal).\(offer.expiresAt).\(Self.hexadecimal(code))"
    }

    /// Which stream the token opens; nil if it is not ours, is for another call, or has expired.
    package func ordinal(of token: String, for call: CallSid, at instant: Date) -> Int? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let ordinal = Int(parts[0]), let expiresAt = Int(parts[1]),
            let code = Self.bytes(parts[2])
        else { return nil }
        let offer = StreamOffer(ordinal: ordinal, expiresAt: expiresAt)
        let isOurs = HMAC<SHA256>.isValidAuthenticationCode(
            code,
            authenticating: Self.message(call, offer),
            using: symmetricKey
        )
        return isOurs && instant.timeIntervalSince1970 <= Double(expiresAt) ? ordinal : nil
    }

    private var symmetricKey: SymmetricKey { SymmetricKey(data: Array(key.reveal().utf8)) }

    private static func message(_ call: CallSid, _ offer: StreamOffer) -> [UInt8] {
        let key = CanonicalKey(.platform, "media", call.value, String(offer.ordinal), String(offer.expiresAt))
        return Array(key.value.utf8)
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// Which stream of a call may begin, and until when.
package struct StreamOffer: Codable, Sendable, Hashable {
    /// Counts the call's streams from 0.
    package let ordinal: Int
    /// Whole seconds since 1970.
    package let expiresAt: Int

    package init(ordinal: Int, expiresAt: Int) {
        self.ordinal = ordinal
        self.expiresAt = expiresAt
    }

    package init(ordinal: Int, from instant: Date) {
        self.init(
            ordinal: ordinal,
            expiresAt: Int(instant.addingTimeInterval(MediaToken.lifetime).timeIntervalSince1970)
        )
    }
}
