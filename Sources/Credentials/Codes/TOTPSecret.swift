import Foundation

/// The 160 bits that a person's authenticator app shares with us (RFC 4226 §4, R6).
package struct TOTPSecret: Sendable {
    private static let count = 20
    let bytes: Data

    /// A new random secret.
    package init() {
        bytes = SecureBytes.random(Self.count)
    }

    /// Reads what `reveal` gave; nil unless it is 20 bytes of base32.
    package init?(_ text: String) {
        guard let bytes = Base32.standard.decode(text), bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    init(bytes: Data) {
        self.bytes = bytes
    }

    /// The 32 characters of base32: for the person who types them into the app, and for the vault that seals them.
    package func reveal() -> String { Base32.standard.encode(bytes) }

    /// What the app reads from a QR code. It contains the secret.
    package func url(issuer: String, account: String) -> String {
        let label = "\(Self.escaped(issuer)):\(Self.escaped(account))"
        return "otpauth://totp/\(label)?secret=\(reveal())&issuer=\(Self.escaped(issuer))"
            + "&algorithm=SHA1&digits=\(OneTimeCode.digits)&period=\(OneTimeCode.period)"
    }

    /// RFC 3986's unreserved characters stay; a colon would end the issuer.
    private static func escaped(_ text: String) -> String {
        text.utf8.reduce(into: "") { url, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                url.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                url += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

extension TOTPSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "…" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
