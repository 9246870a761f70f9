package import Foundation
package import Localization

/// What the model is told about the moment of the call.
package enum Situation {
    /// "Es ist Sonntag, der 22. November 2026, 10:30 Uhr." An unknown time zone is read as UTC.
    package static func text(at instant: Date, timeZone: String, language: Language) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: timeZone) ?? .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .weekday], from: instant)
        guard let year = parts.year, let month = parts.month, let day = parts.day, let hour = parts.hour,
            let minute = parts.minute, let weekday = parts.weekday
        else { return "" }
        let clock = "\(hour):\(minute < 10 ? "0" : "")\(minute)"
        switch language {
        case .de:
            return "Es ist \(germanDays[weekday - 1]), der \(day). \(germanMonths[month - 1]) \(year), \(clock) Uhr."
        case .en:
            return "It is \(englishDays[weekday - 1]), \(day) \(englishMonths[month - 1]) \(year), \(clock)."
        }
    }

    private static let germanDays = [
        "Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag",
    ]
    private static let germanMonths = [
        "Jänner", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    ]
    private static let englishDays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let englishMonths = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
