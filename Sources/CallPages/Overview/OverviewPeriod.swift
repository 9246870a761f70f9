import Foundation
import Localization

/// The stretch of time an overview is about, and the columns of its charts.
struct OverviewPeriod: Equatable {
    enum Length: String, CaseIterable {
        case today = "heute"
        case week = "7"
        case month = "30"

        var days: Int {
            switch self {
            case .today: 1
            case .week: 7
            case .month: 30
            }
        }
    }

    let length: Length
    /// When each column begins: hours of today, or days.
    let starts: [Date]
    let end: Date
    /// The same stretch before: the same weekday a week ago up to this time, or as many days before.
    let comparison: Range<Date>
    let startOfMonth: Date

    /// - Parameter value: as the address has it; anything else means today.
    init(_ value: String?, now: Date, _ localizer: Localizer) {
        let length = value.flatMap(Length.init(rawValue:)) ?? .today
        self.length = length
        let today = localizer.startOfDay(now)
        end = localizer.startOfDay(now, addingDays: 1)
        switch length {
        case .today:
            // Hours count from midnight in absolute time, so that a day of 23 or 25 hours has as many columns.
            let hours = Int((end.timeIntervalSince(today) / 3_600).rounded())
            starts = (0..<hours).map { today.addingTimeInterval(Double($0) * 3_600) }
            let before = localizer.startOfDay(now, addingDays: -7)
            comparison = before..<max(before, before.addingTimeInterval(now.timeIntervalSince(today)))
        case .week, .month:
            let days = length.days
            starts = (0..<days).map { localizer.startOfDay(now, addingDays: $0 - days + 1) }
            comparison =
                localizer.startOfDay(now, addingDays: 1 - 2 * days)..<localizer.startOfDay(now, addingDays: 1 - days)
        }
        startOfMonth = CallPeriod.startOfMonth(now, localizer)
    }
}
