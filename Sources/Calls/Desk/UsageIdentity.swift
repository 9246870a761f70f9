import Crypto
import Foundation
package import Kernel

extension UsageSegmentID {
    /// The identity of what is paid for, derived from what happened (requirement I1): whoever reports it, however often
    /// and in whatever order, names the same segment.
    ///
    /// SHA-256 of the length-prefixed parts, cut to 128 bits, in the form of a UUID of version 8 (RFC 9562).
    package init(account: AccountSid, call: CallSid, kind: UsageKind, leg: String, ordinal: Int) {
        let parts = CanonicalKey(.platform, "usage", account.value, call.value, kind.rawValue, leg, String(ordinal))
        var bytes = Array(SHA256.hash(data: Array(parts.value.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let uuid = bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }
        self.init(UUID(uuid: uuid))
    }
}
