package import Foundation

/// `timestamptz` in the years 1 to 9999; exact to the microsecond from 1865 to 2137, beyond which a `Date` is coarser.
/// `infinity` cannot be read as a `Date`.
extension Date: PostgresValue {
    package var postgresText: String? { PostgresTimestamp.text(microseconds: PostgresTimestamp.microseconds(self)) }

    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "a point in time") { text in
            PostgresTimestamp.microseconds(text).map(PostgresTimestamp.date)
        }
    }

    /// The nearest whole microsecond: what is left of a date once PostgreSQL has stored it.
    package var roundedToMicroseconds: Date { PostgresTimestamp.date(PostgresTimestamp.microseconds(self)) }
}

/// The text format of `timestamptz` for a session in UTC: `2026-08-02 10:00:00.123456+00`.
enum PostgresTimestamp {
    /// Seconds from 1970 to Foundation's reference date. Counting from the latter keeps microseconds exact in a Double.
    private static let referenceSeconds: Int64 = 978_307_200
    private static let microsecondsPerDay: Int64 = 86_400_000_000

    static func microseconds(_ date: Date) -> Int64 {
        let sinceReference = (date.timeIntervalSinceReferenceDate * 1e6).rounded()
        let limit = 3e17
        return Int64(min(max(sinceReference, -limit), limit)) + referenceSeconds * 1_000_000
    }

    static func date(_ microseconds: Int64) -> Date {
        Date(timeIntervalSinceReferenceDate: Double(microseconds - referenceSeconds * 1_000_000) / 1e6)
    }

    static func text(microseconds: Int64) -> String {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: microsecondsPerDay)
        let day = remainder < 0 ? quotient - 1 : quotient
        let inDay = microseconds - day * microsecondsPerDay
        let (year, month, dayOfMonth) = civil(day)
        let second = inDay / 1_000_000
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
            + "T\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
            + ".\(padded(inDay % 1_000_000, 6))Z"
    }

    static func microseconds(_ text: String) -> Int64? {
        var rest = Substring(text)
        guard let year = number(&rest, 4, "-"), let month = number(&rest, 2, "-"), let day = number(&rest, 2, " "),
            let hour = number(&rest, 2, ":"), let minute = number(&rest, 2, ":"), let second = number(&rest, 2, nil)
        else { return nil }
        var fraction: Int64 = 0
        if rest.first == "." {
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard (1...6).contains(digits.count), let value = Int64(digits) else { return nil }
            fraction = (digits.count..<6).reduce(value) { scaled, _ in scaled * 10 }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard rest == "+00" else { return nil }
        return ((days(year, month, day) * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + fraction
    }

    /// Exactly `width` digits, followed by `separator` if there is one; both are taken off `rest`.
    private static func number(_ rest: inout Substring, _ width: Int, _ separator: Character?) -> Int64? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int64(digits)
        else {
            return nil
        }
        rest = rest.dropFirst(width)
        if let separator {
            guard rest.first == separator else { return nil }
            rest = rest.dropFirst()
        }
        return value
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01, in eras of 400 years that begin on 1 March.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
