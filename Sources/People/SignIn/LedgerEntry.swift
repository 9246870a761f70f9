import Audit
import Foundation
import Kernel

/// One event, or several attempts that are told apart by nothing but their time.
struct LedgerEntry {
    let first: LedgerEvent
    private(set) var last: LedgerEvent
    private(set) var count = 1

    /// In the order of the first event of each.
    static func entries(of events: [LedgerEvent]) -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        var places: [Attempt: Int] = [:]
        for event in events {
            let attempt = Attempt(event)
            if let attempt, let place = places[attempt] {
                entries[place].last = event
                entries[place].count += 1
            } else {
                if let attempt { places[attempt] = entries.count }
                entries.append(LedgerEntry(first: event, last: event))
            }
        }
        return entries
    }

    private init(first: LedgerEvent, last: LedgerEvent) {
        self.first = first
        self.last = last
    }

    private struct Attempt: Hashable {
        let person: PersonID?
        let kind: SignInEvent.Kind
        let addressPrefix: String

        init?(_ event: LedgerEvent) {
            guard let kind = event.kind, kind.isAttempt else { return nil }
            person = event.person
            self.kind = kind
            addressPrefix = event.addressPrefix
        }
    }

    var audit: AuditEntry {
        var after: [String: AuditValue] = ["at": .text(Self.spelled(first.at))]
        if let detail = first.detail { after["detail"] = .text(detail) }
        if let session = first.session { after["web_session"] = .text("\(session)") }
        if count > 1 {
            after["count"] = .integer(Int64(count))
            after["last_at"] = .text(Self.spelled(last.at))
        }
        let name = first.person.map { "\($0)" } ?? "unknown"
        return AuditEntry(
            actor: AuditActor(
                first.person == nil ? .system : .person,
                first.person == nil ? "sign-in" : name,
                addressPrefix: first.addressPrefix.isEmpty ? nil : first.addressPrefix
            ),
            action: "person.\(first.name)",
            object: AuditObject("person", name),
            after: .object(after),
            requestID: first.requestID
        )
    }

    private static func spelled(_ date: Date) -> String { date.ISO8601Format(.iso8601) }
}
