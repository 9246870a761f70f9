package import Foundation

/// The two ways in which the carrier writes a time.
package enum CarrierTime {
    /// `Sun, 22 Nov 2026 09:55:33 +0000` (RFC 2822, status callbacks and REST) or `2026-11-22T09:55:33.123Z`
    /// (ISO 8601, stream callbacks); nil for anything else.
    package static func parse(_ text: String) -> Date? {
        rfc2822(text) ?? iso8601(text)
    }

    private static func rfc2822(_ text: String) -> Date? {
        var words = text.split(separator: " ")
        // The day of the week is optional.
        if words.first?.last == "," { words.removeFirst() }
        guard words.count == 5, let day = Int(words[0]), let month = months.firstIndex(of: String(words[1])),
            let year = Int(words[2]), let offset = offset(words[4])
        else { return nil }
        let clock = words[3].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            (1...31).contains(day), (1970...9999).contains(year), (0...23).contains(hour), (0...59).contains(minute),
            (0...60).contains(second)
        else { return nil }
        let days = daysSince1970(year: year, month: month + 1, day: day)
        return Date(timeIntervalSince1970: Double(days * 86_400 + hour * 3_600 + minute * 60 + second - offset))
    }

    private static func iso8601(_ text: String) -> Date? {
        // A parse strategy reports a mismatch by throwing, and a mismatch is one of the expected answers here.
        for style in [Date.ISO8601FormatStyle(includingFractionalSeconds: true), .iso8601] {
            do { return try style.parse(text) } catch { continue }
        }
        return nil
    }

    /// Seconds east of Greenwich.
    private static func offset(_ text: Substring) -> Int? {
        if text == "GMT" || text == "UTC" { return 0 }
        guard text.utf8.count == 5, let sign = text.first, sign == "+" || sign == "-",
            let number = Int(text.dropFirst())
        else { return nil }
        return (sign == "-" ? -1 : 1) * (number / 100 * 3_600 + number % 100 * 60)
    }

    /// Days of the Gregorian calendar, counted in years that begin in March so that a leap day comes last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
