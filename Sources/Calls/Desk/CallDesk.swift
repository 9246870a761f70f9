package import Database
package import Flows
import Foundation
package import Kernel
package import Numbers

/// Where calls stand in the books: admitted and pinned, with their streams, forwarded legs, turns and segments.
///
/// Everything here may be repeated, come late or in another order, and leaves the same rows (requirements I1, I2). What
/// a call was pinned to decides, never the number that was dialled.
package final class CallDesk: Sendable {
    let database: Database
    let flows: FlowLibrary
    /// This process, as the legs it opens name it.
    let life: NodeLife
    private let announcer: LiveAnnouncer?

    /// - Parameter announcer: who tells those that watch.
    package init(_ database: Database, flows: FlowLibrary, life: NodeLife, announcer: LiveAnnouncer? = nil) {
        self.database = database
        self.flows = flows
        self.life = life
        self.announcer = announcer
    }

    /// The call stands elsewhere now.
    func announce(_ reference: CallReference) { announcer?.post(.call(reference.id), of: reference.tenant) }

    // MARK: Admission

    /// What is known of a call before it is admitted.
    package enum Lookup: Sendable {
        case known(CallReference)
        /// It is new, and this is who would answer.
        case new(Route)
        /// It is new, and nobody answers its number.
        case nobody
    }

    package func look(up sid: CallSid, called number: E164) async throws -> Lookup {
        try await database.withoutTenant { transaction in
            if let known = try Self.reference(sid, transaction) { return .known(known) }
            return try NumberBook.route(to: number, in: transaction).map(Lookup.new) ?? .nobody
        }
    }

    /// Takes the call, or says why not. A call that is known already gets the answer it got before.
    package func admit(_ arrival: CallArrival) async throws -> Admission {
        switch try await look(up: arrival.callSid, called: arrival.called) {
        case .known(let reference): try await admit(arrival, known: reference)
        case .new(let route): try await admit(arrival, by: route)
        case .nobody: .refused(.unknownNumber)
        }
    }

    /// The answer that a known call got.
    package func admit(_ arrival: CallArrival, known reference: CallReference) async throws -> Admission {
        try await database.withTenant(reference.tenant) { transaction in
            try self.known(arrival, CallQueries(transaction: transaction, tenant: reference.tenant))
        }
    }

    /// Takes a call that is not known yet by a route that was just asked for.
    package func admit(_ arrival: CallArrival, by route: Route) async throws -> Admission {
        var route = route
        // A number can go to another tenant between the question and the transaction, though hardly twice.
        for _ in 0..<3 {
            guard route.account == arrival.accountSid else { return .refused(.wrongAccount) }
            guard route.isTenantActive else { return .refused(.suspended) }
            let asked = route
            let attempt = try await database.withTenant(asked.tenant) { transaction in
                try self.attempt(arrival, asked, transaction)
            }
            switch attempt {
            case .decided(let admission):
                if case .admitted(let call) = admission { announce(call.reference) }
                return admission
            case .movedTo(let newer): route = newer
            }
        }
        throw CallDeskError.routeUnstable
    }

    private enum Attempt {
        case decided(Admission)
        case movedTo(Route)
    }

    private func attempt(_ arrival: CallArrival, _ asked: Route, _ transaction: Transaction) throws -> Attempt {
        let queries = CallQueries(transaction: transaction, tenant: asked.tenant)
        try queries.lockTenant()
        if try queries.find(arrival.callSid) != nil { return .decided(try known(arrival, queries)) }
        guard let route = try NumberBook.route(to: arrival.called, in: transaction) else {
            return .decided(.refused(.unknownNumber))
        }
        guard route.tenant == asked.tenant, route.account == asked.account, route.isTenantActive else {
            return .movedTo(route)
        }
        guard let flow = try flows.current(route.flow, in: transaction) else { return .decided(.refused(.noLiveFlow)) }
        if try queries.openCalls(at: arrival.at) >= route.concurrentCalls {
            let refusal = CallRefusal.concurrency(overflow: route.overflow)
            try queries.insertRefused(arrival, route, refusal)
            return .decided(.refused(refusal))
        }
        try queries.insert(arrival, route, flow.version)
        return .decided(try known(arrival, queries))
    }

    private func known(_ arrival: CallArrival, _ queries: CallQueries) throws -> Admission {
        guard let row = try queries.find(arrival.callSid) else {
            // Somebody else's call has this identifier: not visible, hence not there.
            return .refused(.unknownNumber)
        }
        guard try row.get("account_sid", as: AccountSid.self) == arrival.accountSid else {
            return .refused(.wrongAccount)
        }
        if let refusal = try row.getOptional("refusal", as: String.self) {
            let overflow = try row.getOptional("overflow_e164", as: E164.self)
            return .refused(refusal == "concurrency" ? .concurrency(overflow: overflow) : .over)
        }
        let call = try pinned(row, queries)
        return call.state == .ended ? .refused(.over) : .admitted(call)
    }

    // MARK: Looking up

    /// Whose call it is; nil if it was never admitted.
    package func reference(_ sid: CallSid) async throws -> CallReference? {
        try await database.withoutTenant { transaction in try Self.reference(sid, transaction) }
    }

    private static func reference(_ sid: CallSid, _ transaction: Transaction) throws -> CallReference? {
        try transaction.queryOne("SELECT tenant_id, call_id FROM pinned_call(\(sid))").map {
            CallReference(tenant: try $0.get("tenant_id"), id: try $0.get("call_id"))
        }
    }

    /// The call by what it was pinned to; nil if it was never admitted, or refused.
    package func pinned(_ sid: CallSid) async throws -> PinnedCall? {
        guard let reference = try await reference(sid) else { return nil }
        return try await database.withTenant(reference.tenant) { transaction in
            let queries = CallQueries(transaction: transaction, tenant: reference.tenant)
            guard let row = try queries.find(sid), try row.getOptional("refusal", as: String.self) == nil else {
                return nil
            }
            return try self.pinned(row, queries)
        }
    }

    func pinned(_ row: Row, _ queries: CallQueries) throws -> PinnedCall {
        let version: FlowVersionID = try row.get("flow_version_id")
        guard let flow = try flows.version(version, in: queries.transaction) else { throw CallDeskError.unreadable }
        let id: CallID = try row.get("id")
        let caller = try Caller(row: row, of: queries.tenant, in: queries.transaction)
        let intent: CallIntent? = try row.getOptional("intent", as: Data.self).map {
            try queries.transaction.open($0, of: queries.tenant, in: CallCells.intent(id))
        }
        var document = flow.document
        document.limits.callSeconds = min(document.limits.callSeconds, try row.get("max_call_seconds"))
        return PinnedCall(
            reference: CallReference(tenant: queries.tenant, id: id),
            callSid: try row.get("call_sid"),
            accountSid: try row.get("account_sid"),
            caller: caller,
            called: try row.get("called_e164"),
            assignment: try row.get("assignment_id"),
            version: version,
            document: document,
            timeZone: try row.get("time_zone"),
            overflow: try row.getOptional("overflow_e164"),
            admittedAt: try row.get("admitted_at"),
            state: try row.get("state"),
            intent: intent,
            epoch: try row.get("epoch"),
            streams: try row.get("streams")
        )
    }
}

extension CallState: PostgresValue {}
