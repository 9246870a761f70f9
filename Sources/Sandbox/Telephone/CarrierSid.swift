package import Foundation

/// Identifiers as the carrier gives them: a prefix of two letters and 32 hexadecimal digits.
package enum CarrierSid {
    package static func make(_ prefix: String) -> String {
        prefix + UUID().uuidString.replacing("-", with: "").lowercased()
    }
}

package enum CarrierTime {
    /// `Tue, 14 Jul 2026 09:30:00 +0000`
    package static func rfc2822(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        return formatter.string(from: date)
    }
}
