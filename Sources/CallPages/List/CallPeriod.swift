import Calls
import Foundation
import Localization

/// Which stretch of time a list is about, in the reader's zone.
struct CallPeriod: Equatable {
    static let values = ["today", "7d", "30d", "month", "custom"]
    static let standard = "7d"
    /// Words are looked for within this many days at most.
    static let longestForWords = 31

    /// Nil: from the beginning, or until now.
    let from: Date?
    let until: Date?

    /// - Parameters:
    ///   - value: one of `values`, or nil for all of time.
    ///   - first: the first day of `custom`, as a date field has it.
    ///   - last: its last day.
    init(_ value: String?, first: String, last: String, now: Date, _ localizer: Localizer) {
        switch value {
        case "today": (from, until) = (localizer.startOfDay(now), nil)
        case "7d": (from, until) = (localizer.startOfDay(now, addingDays: -6), nil)
        case "30d": (from, until) = (localizer.startOfDay(now, addingDays: -29), nil)
        case "month": (from, until) = (Self.startOfMonth(now, localizer), nil)
        case "custom":
            let start = localizer.day(fromField: first)
            let end = localizer.day(fromField: last).map { localizer.startOfDay($0, addingDays: 1) }
            // Days the wrong way round mean the same days.
            if let start, let end, end <= start {
                from = localizer.startOfDay(end, addingDays: -1)
                until = localizer.startOfDay(start, addingDays: 1)
            } else {
                (from, until) = (start, end)
            }
        default: (from, until) = (nil, nil)
        }
    }

    /// Whether it is short enough to look for words.
    func allowsWords(at now: Date) -> Bool {
        guard let from else { return false }
        return (until ?? now).timeIntervalSince(from) <= Double(Self.longestForWords) * 86_400 + 7_200
    }

    static func startOfMonth(_ now: Date, _ localizer: Localizer) -> Date {
        localizer.day(fromField: localizer.field(now).dropLast(2) + "01") ?? localizer.startOfDay(now)
    }
}
