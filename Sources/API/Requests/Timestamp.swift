import Foundation

/// Points in time as RFC 3339 spells them.
enum Timestamp {
    /// In UTC, to the millisecond: `2026-11-22T10:30:00.123Z`.
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// With any offset and fraction; nil for anything else. Years before 1970 and after 2199 are brought into that span:
    /// nothing of ours lies outside it.
    static func parse(_ text: String) -> Date? {
        var rest = Substring(text)
        guard let year = digits(&rest, 4), take(&rest, "-"), let month = digits(&rest, 2), take(&rest, "-"),
            let day = digits(&rest, 2), take(&rest, "Tt "), let hour = digits(&rest, 2), take(&rest, ":"),
            let minute = digits(&rest, 2), take(&rest, ":"), let second = digits(&rest, 2),
            let fraction = fraction(&rest), let offset = offset(&rest), rest.isEmpty,
            (1...12).contains(month), (1...days(in: month, of: year)).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let seconds = dayNumber(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: min(max(Double(seconds) + fraction, 0), 7_258_118_400))
    }

    private static func digits(_ rest: inout Substring, _ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.utf8.count == width, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        rest = rest.dropFirst(width)
        return Int(digits)
    }

    private static func take(_ rest: inout Substring, _ any: String) -> Bool {
        guard let first = rest.first, any.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func fraction(_ rest: inout Substring) -> Double? {
        guard take(&rest, ".") else { return 0 }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard (1...20).contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        return Double("0." + digits)
    }

    /// Seconds east of Greenwich.
    private static func offset(_ rest: inout Substring) -> Int? {
        if take(&rest, "Zz") { return 0 }
        let sign = rest.first == "-" ? -1 : 1
        guard take(&rest, "+-"), let hours = digits(&rest, 2), take(&rest, ":"), let minutes = digits(&rest, 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
