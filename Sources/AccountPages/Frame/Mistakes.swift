import Foundation
import HTTPTypes
import Localization
import Site

/// What was wrong with a form that is shown again: one sentence on top, and what to do at each field.
struct Mistakes: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        /// The field's name, which is its `id` too.
        let field: String
        let message: String
    }

    /// Nil if nothing is wrong.
    let heading: String?
    let entries: [Entry]

    static let none = Mistakes(heading: nil, entries: [])

    private init(heading: String?, entries: [Entry]) {
        self.heading = heading
        self.entries = entries
    }

    init(_ heading: String, _ entries: Entry...) {
        self.init(heading: heading, entries: entries)
    }

    /// Nil if there are no entries.
    init?(_ heading: String, all entries: [Entry]) {
        guard !entries.isEmpty else { return nil }
        self.init(heading: heading, entries: entries)
    }

    /// The members `problems`, and `<field>_error` for each field that the page has.
    func model(_ fields: String...) -> Model {
        var model: Model = ["problems": .object(summary)]
        for field in fields {
            model["\(field)_error"] = .text(entries.first { $0.field == field }?.message)
        }
        return model
    }

    private var summary: Model? {
        heading.map { heading in
            [
                "heading": .text(heading),
                "fields": .list(entries.map { ["field": .text($0.field), "message": .text($0.message)] }),
            ]
        }
    }
}

extension CheckedVisit {
    /// „Das waren zu viele Versuche“, and when to try again.
    func tooMany(_ wait: Duration, field: String) -> Mistakes {
        let minutes = Self.minutes(wait)
        let message =
            minutes == 1
            ? text("account.wait_one")
            : text("account.wait_other", ["minutes": localizer.number(minutes)])
        return Mistakes(text("account.too_many"), .init(field: field, message: message))
    }

    /// „Im Augenblick melden sich sehr viele Menschen an“.
    func busy(field: String) -> Mistakes {
        Mistakes(text("account.busy"), .init(field: field, message: text("account.busy_advice")))
    }

    /// Whole minutes, rounded up, at least one.
    static func minutes(_ wait: Duration) -> Int { max(1, Int((Double(wait.components.seconds) + 59) / 60)) }
}

/// Seconds after which another attempt makes sense, as `Retry-After` says them.
enum RetryAfter {
    static func seconds(_ wait: Duration) -> String { String(max(1, wait.components.seconds + 1)) }

    /// After a moment of many sign-ins.
    static let whenBusy = Duration.seconds(5)
}
