package import Foundation

/// Money, numbers, dates and times as people of one language and place write them. Nothing else in the house formats
/// them (decision 32).
///
/// German figures are written `1.234,56`, English ones `1,234.56`; dates `22.11.2026` and `22 Nov 2026`; clock times in
/// 24 hours in both languages, because the companies are in Austria, Germany and Switzerland.
package struct Localizer: Sendable {
    package let language: Language
    /// ISO 3166-1 alpha-2: Austria says Jänner.
    package let region: String
    private let zone: TimeZone
    private let calendar: Calendar

    /// No-break space: between a figure and its unit.
    package static let space = "\u{00A0}"

    /// - Parameter timeZone: an IANA name; an unknown one counts as UTC.
    package init(language: Language, region: String = "AT", timeZone: String = "Europe/Vienna") {
        self.language = language
        self.region = region
        zone = TimeZone(identifier: timeZone) ?? .gmt
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        calendar.firstWeekday = 2
        self.calendar = calendar
    }

    /// The tag for `lang` attributes: `de-AT`.
    package var tag: String {
        switch language {
        case .de: ["AT", "DE", "CH", "LI"].contains(region) ? "de-\(region)" : "de"
        case .en: "en-GB"
        }
    }

    // MARK: Numbers

    package func number(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += groupSeparator }
            grouped.append(digit)
        }
        return (value < 0 ? "−" : "") + grouped
    }

    /// `value` is in units of 10 to the power of minus `digits`: `decimal(787, digits: 1)` is 78,7.
    package func decimal(_ value: Int, digits: Int) -> String {
        guard digits > 0 else { return number(value) }
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let fraction = String(value.magnitude % UInt(scale))
        let padded = String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
        let whole = number(Int(value.magnitude / UInt(scale)))
        return (value < 0 ? "−" : "") + whole + decimalSeparator + padded
    }

    /// Per mille as percent with one digit: 787 is `78,7 %`.
    package func percent(perMille: Int) -> String { decimal(perMille, digits: 1) + Self.space + "%" }

    /// An amount in cents or Rappen.
    package func money(minor: Int, currency: String) -> String {
        let amount = decimal(minor, digits: 2)
        let symbol = currency == "EUR" ? "€" : currency
        return language == .de ? amount + Self.space + symbol : symbol + Self.space + amount
    }

    package func milliseconds(_ value: Int) -> String { number(value) + Self.space + "ms" }

    private var groupSeparator: String {
        switch (language, region) {
        case (.de, "CH"), (.de, "LI"): "’"
        case (.de, _): "."
        case (.en, _): ","
        }
    }

    private var decimalSeparator: String {
        switch (language, region) {
        case (.de, "CH"), (.de, "LI"): "."
        case (.de, _): ","
        case (.en, _): "."
        }
    }

    // MARK: Durations

    /// `3:42`, from an hour on `1:03:42`.
    package func duration(seconds: Int) -> String {
        let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60)
        let tail = (rest < 10 ? "0" : "") + String(rest)
        guard hours > 0 else { return "\(minutes):\(tail)" }
        return "\(hours):" + (minutes < 10 ? "0" : "") + "\(minutes):\(tail)"
    }

    // MARK: Dates

    /// `22.11.2026`, `22 Nov 2026`.
    package func date(_ date: Date) -> String {
        let parts = calendar.dateComponents([.day, .month, .year], from: date)
        let (day, month, year) = (parts.day ?? 1, parts.month ?? 1, parts.year ?? 1)
        return switch language {
        case .de: Self.two(day) + "." + Self.two(month) + "." + String(year)
        case .en: "\(day)" + Self.space + monthName(month).prefix(3) + Self.space + "\(year)"
        }
    }

    /// `22. November 2026`, `22 November 2026`.
    package func longDate(_ date: Date) -> String {
        let parts = calendar.dateComponents([.day, .month, .year], from: date)
        let day = String(parts.day ?? 1) + (language == .de ? "." : "")
        return day + Self.space + monthName(parts.month ?? 1) + " " + String(parts.year ?? 1)
    }

    /// `Donnerstag, 19. November 2026`.
    package func weekdayDate(_ date: Date) -> String { weekdayName(date) + ", " + longDate(date) }

    /// `14:05`.
    package func clock(_ date: Date) -> String {
        let parts = calendar.dateComponents([.hour, .minute], from: date)
        return Self.two(parts.hour ?? 0) + ":" + Self.two(parts.minute ?? 0)
    }

    /// `14:05:09`.
    package func clockWithSeconds(_ date: Date) -> String {
        clock(date) + ":" + Self.two(calendar.component(.second, from: date))
    }

    /// `14:05 Uhr`, `14:05`.
    package func time(_ date: Date) -> String {
        clock(date) + (language == .de ? Self.space + "Uhr" : "")
    }

    /// `22.11.2026, 14:05 Uhr`.
    package func dateTime(_ date: Date) -> String { self.date(date) + ", " + time(date) }

    /// For `datetime` attributes and files: RFC 3339 in UTC, to the second.
    package static func machine(_ date: Date) -> String { date.formatted(.iso8601) }

    package func isSameDay(_ one: Date, _ other: Date) -> Bool { calendar.isDate(one, inSameDayAs: other) }

    /// Midnight at the beginning of the day of `date`, shifted by whole days.
    package func startOfDay(_ date: Date, addingDays days: Int = 0) -> Date {
        let start = calendar.startOfDay(for: date)
        return calendar.date(byAdding: .day, value: days, to: start) ?? start
    }

    /// 0 to 23.
    package func hour(_ date: Date) -> Int { calendar.component(.hour, from: date) }

    /// The beginning of the day that a date field names as `2026-11-22`; nil for anything else.
    package func day(fromField text: String) -> Date? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, text.utf8.count == 10, let year = parts[0], let month = parts[1], let day = parts[2],
            (2000...2999).contains(year)
        else { return nil }
        let wanted = DateComponents(calendar: calendar, year: year, month: month, day: day)
        guard wanted.isValidDate(in: calendar) else { return nil }
        return calendar.date(from: wanted)
    }

    /// The day as a date field wants it: `2026-11-22`.
    package func field(_ date: Date) -> String {
        let parts = calendar.dateComponents([.day, .month, .year], from: date)
        return "\(parts.year ?? 1)-" + Self.two(parts.month ?? 1) + "-" + Self.two(parts.day ?? 1)
    }

    private static func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }

    private func monthName(_ month: Int) -> String {
        let names: [String] =
            switch language {
            case .de:
                [
                    region == "AT" ? "Jänner" : "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
                    "September", "Oktober", "November", "Dezember",
                ]
            case .en:
                [
                    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                    "November", "December",
                ]
            }
        return names.indices.contains(month - 1) ? names[month - 1] : ""
    }

    private func weekdayName(_ date: Date) -> String {
        let names: [String] =
            switch language {
            case .de: ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"]
            case .en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
            }
        return names[(calendar.component(.weekday, from: date) - 1) % 7]
    }
}
