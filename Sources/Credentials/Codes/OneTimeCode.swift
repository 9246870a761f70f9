import Crypto
package import Foundation

/// The six digits that an authenticator app shows: RFC 6238 with SHA-1 and steps of 30 s, which every app knows
/// (requirement B5).
///
/// A code is right for as long as it is shown; that it is accepted once is up to the caller, who keeps the last accepted
/// step of the person and accepts only a greater one, in one statement: `UPDATE … WHERE last_step < $step`.
package struct OneTimeCode: Sendable {
    /// Seconds that a code is shown.
    package static let period: Int64 = 30
    package static let digits = 6

    private let secret: TOTPSecret

    package init(_ secret: TOTPSecret) {
        self.secret = secret
    }

    /// The step whose code was typed: the newest of those from `drift` steps before `date` to `drift` after it, or nil.
    ///
    /// Spaces in the code do not matter. All steps are computed and compared in constant time.
    package func step(matching code: String, at date: Date, drift: Int64 = 1) -> Int64? {
        let typed = Array(code.utf8.filter { $0 != UInt8(ascii: " ") })
        let now = Self.step(at: date)
        var match: Int64?
        for step in (now - drift)...(now + drift) where step >= 0 {
            if SecureBytes.areEqual(typed, text(step: step).utf8) {
                match = step
            }
        }
        return match
    }

    /// The code of one step.
    package func text(step: Int64) -> String {
        let counter = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Data($0) }
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret.bytes))
        let bytes = Array(code)
        let offset = Int(bytes[bytes.count - 1] & 0xF)
        let word = bytes[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let number = String(word % 1_000_000)
        return String(repeating: "0", count: Self.digits - number.count) + number
    }

    /// Whole periods since 1970.
    package static func step(at date: Date) -> Int64 {
        Int64((date.timeIntervalSince1970 / Double(period)).rounded(.down))
    }
}
