import Crypto
import Foundation
import Kernel

/// The marks of a browser in which people signed in before, as its long-lived cookie holds them.
///
/// A mark says nothing about anybody by itself: it is random bytes and a signature over them and the person. Whoever
/// knows a password but has no mark counts into the buckets of strangers, so that the owner of an account, who has one,
/// cannot be locked out by an attacker (requirement B6).
package struct KnownDevices: Sendable, Hashable {
    /// More people than that do not share a browser; the oldest mark goes.
    static let most = 5

    /// The latest first.
    let marks: [Data]

    /// - Parameter cookie: as it came; what is no mark is passed over.
    package init(cookie: String?) {
        guard let cookie, cookie.utf8.count <= 512 else {
            marks = []
            return
        }
        marks = cookie.split(separator: ".").prefix(Self.most).compactMap { text in
            let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
            let mark = Data(base64Encoded: standard)
            return mark?.count == DeviceSigner.markBytes ? mark : nil
        }
    }

    init(marks: [Data]) {
        self.marks = Array(marks.prefix(Self.most))
    }

    /// 64 characters a mark, joined by dots.
    package var cookie: String {
        marks.map { $0.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_") }
            .joined(separator: ".")
    }
}

/// Makes and checks the marks of known devices.
struct DeviceSigner: Sendable {
    private static let saltBytes = 16
    /// A multiple of three, so that base64 needs no padding.
    static let markBytes = saltBytes + 32

    private let key: SymmetricKey

    init(key: Secret) {
        self.key = SymmetricKey(data: Data(key.reveal().utf8))
    }

    /// The person's mark among `devices`, as a name for a bucket; nil if there is none. A change of the password makes
    /// all earlier marks strangers.
    func mark(of account: Account?, among devices: KnownDevices) -> String? {
        guard let account else { return nil }
        return devices.marks.first { isMark($0, of: account.person.id, since: account.passwordChangedAt) }
            .map { $0.prefix(Self.saltBytes).base64EncodedString() }
    }

    /// `devices` with a mark of this person, put first; the same if there is one already.
    func remember(_ person: PersonID, since changed: Date?, in devices: KnownDevices) -> KnownDevices {
        if devices.marks.contains(where: { isMark($0, of: person, since: changed) }) { return devices }
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
        let message = Self.message(salt, person, changed)
        let mark = salt + Data(HMAC<SHA256>.authenticationCode(for: message, using: key))
        return KnownDevices(marks: [mark] + devices.marks)
    }

    private func isMark(_ mark: Data, of person: PersonID, since changed: Date?) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            mark.dropFirst(Self.saltBytes),
            authenticating: Self.message(mark.prefix(Self.saltBytes), person, changed),
            using: key
        )
    }

    private static func message(_ salt: Data, _ person: PersonID, _ changed: Date?) -> Data {
        let since = changed.map { Int64(($0.timeIntervalSince1970 * 1_000).rounded()) } ?? 0
        return salt + Data("|\(person)|\(since)".utf8)
    }
}
