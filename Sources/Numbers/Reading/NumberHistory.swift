package import Audit
package import Foundation
package import Kernel

/// Something that happened to a number.
package struct NumberEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case claimed
        case movedIn
        /// To the flow of that name, from nowhere.
        case assigned(String)
        /// To the flow of that name, from another.
        case reassigned(String)
        /// From the flow of that name to nowhere.
        case unassigned(String)
        /// Given back; the end of the rest.
        case released(until: Date)
        case movedOut
    }

    package let at: Date
    package let kind: Kind
    package let tenant: TenantID
    /// Nil if the trail does not say.
    package let actor: Actor?
    package let reason: String?

    package init(at: Date, kind: Kind, tenant: TenantID, actor: Actor? = nil, reason: String? = nil) {
        self.at = at
        self.kind = kind
        self.tenant = tenant
        self.actor = actor
        self.reason = reason
    }

    package struct Actor: Sendable, Hashable {
        package let kind: AuditActor.Kind
        /// A person's name as it is now; nil for everybody else, and for persons who are no longer known.
        package let person: String?

        package init(kind: AuditActor.Kind, person: String?) {
            self.kind = kind
            self.person = person
        }
    }
}

/// Periods of ownership and assignment, and the lines of the trail about them, told as events. The periods are the
/// facts; the trail says who and why.
struct NumberHistory {
    struct Ownership {
        let id: NumberOwnershipID
        let tenant: TenantID
        let from: Date
        let until: Date?
        let restsUntil: Date?
    }

    struct Assignment {
        let id: NumberAssignmentID
        let ownership: NumberOwnershipID
        let flow: String
        let from: Date
        let until: Date?
    }

    struct Act {
        let object: String
        let action: String
        let at: Date
        let actor: NumberEvent.Actor
        let reason: String?
    }

    let ownerships: [Ownership]
    let assignments: [Assignment]
    let acts: [Act]

    /// Newest first.
    var events: [NumberEvent] {
        ownerships.flatMap(events(of:)).sorted { $0.at > $1.at }
    }

    private func events(of owned: Ownership) -> [NumberEvent] {
        var events: [NumberEvent] = []
        func tell(_ kind: NumberEvent.Kind, _ at: Date, _ act: Act?) {
            events.append(
                NumberEvent(at: at, kind: kind, tenant: owned.tenant, actor: act?.actor, reason: act?.reason)
            )
        }
        let arrival = act(on: owned.id.description, ["number.claimed", "number.moved_in"])
        tell(arrival?.action == "number.moved_in" ? .movedIn : .claimed, owned.from, arrival)
        let periods = assignments.filter { $0.ownership == owned.id }.sorted { $0.from < $1.from }
        for (index, period) in periods.enumerated() {
            let follows = index > 0 && periods[index - 1].until == period.from
            tell(
                follows ? .reassigned(period.flow) : .assigned(period.flow),
                period.from,
                act(on: period.id.description, ["number.assigned", "number.reassigned"])
                    ?? act(on: owned.id.description, ["number.moved_in"], at: period.from)
            )
            guard let end = period.until, end != owned.until else { continue }
            if index + 1 < periods.count, periods[index + 1].from == end { continue }
            tell(.unassigned(period.flow), end, act(on: owned.id.description, ["number.unassigned"], at: end))
        }
        if let end = owned.until {
            tell(
                owned.restsUntil.map { .released(until: $0) } ?? .movedOut,
                end,
                act(on: owned.id.description, ["number.released", "number.moved_out"])
            )
        }
        return events
    }

    /// - Parameter instant: the boundary that the act set; its line was written just after it.
    private func act(on object: String, _ actions: Set<String>, at instant: Date? = nil) -> Act? {
        acts.first { act in
            act.object == object && actions.contains(act.action)
                && instant.map { act.at.timeIntervalSince($0) > -0.001 } ?? true
        }
    }
}
