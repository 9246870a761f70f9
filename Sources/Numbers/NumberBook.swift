package import Audit
package import Database
package import Foundation
package import Kernel
package import PhoneNumbers

/// Which telephone number belongs to which tenant and leads to which flow, at every instant.
///
/// A number is claimed by a tenant once the carrier confirms it, assigned and re-assigned to the tenant's flows, and
/// released into a rest of 30 days. The database refuses two owners at one instant, whatever this code does. Every act
/// leaves its audit line in the same transaction.
package struct NumberBook: Sendable {
    /// How long a released number rests (requirement A11).
    package static let rest: TimeInterval = 30 * 86_400

    let database: Database
    let carrier: CarrierNumbers
    let account: AccountSid
    let time: TimeSource
    let directions = DirectionMemory()

    /// - Parameter account: the carrier's account in which numbers must be.
    package init(_ database: Database, carrier: CarrierNumbers, account: AccountSid, time: TimeSource) {
        self.database = database
        self.carrier = carrier
        self.account = account
        self.time = time
    }

    package enum Claim: Sendable, Equatable {
        case claimed(OwnedNumber)
        /// The tenant owns it already; it was verified once more.
        case alreadyOwned(OwnedNumber)
        case refused(NumberRefusal)
    }

    package enum Assignment: Sendable, Equatable {
        case assigned(NumberAssignment)
        /// It leads to this flow already.
        case unchanged
        case refused(NumberRefusal)
    }

    // MARK: A tenant's acts

    /// Makes a number the tenant's, after the carrier has confirmed that it is in our account.
    package func claim(
        _ tenant: TenantID,
        typed: String,
        region: Region,
        actor: AuditActor
    ) async throws -> Claim {
        let number: PhoneNumber
        switch PhoneNumberParser().parse(typed, region: region) {
        case .failure(let refusal): return .refused(.unreadable(refusal))
        case .success(let parsed): number = parsed
        }
        let found: CarrierNumber
        let verifiedAt = time.now()
        switch try await verify(number.e164) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let confirmed): found = confirmed
        }
        do {
            return try await database.withTenant(tenant) { transaction in
                let queries = NumberQueries(transaction: transaction)
                try queries.lock(number.e164)
                if let owned = try queries.owned(number.e164, by: tenant) {
                    try queries.noteVerified(owned.id, of: tenant, found, at: verifiedAt)
                    try AuditTrail.record(owned.entry("number.verified", actor), in: transaction)
                    return .alreadyOwned(owned)
                }
                let owned = try queries.insertOwnership(tenant, found, typed: typed, verifiedAt: verifiedAt)
                try AuditTrail.record(owned.entry("number.claimed", actor), in: transaction)
                return .claimed(owned)
            }
        } catch let error as DatabaseError {
            guard let refusal = NumberRefusal(error) else { throw error }
            return .refused(refusal)
        }
    }

    /// Lets the number lead to `flow` from now on. The period before ends and the new one begins at the same instant;
    /// calls that are running stay with what they were pinned to.
    package func assign(
        _ tenant: TenantID,
        _ number: E164,
        to flow: FlowID,
        actor: AuditActor
    ) async throws -> Assignment {
        try await database.withTenant(tenant) { transaction in
            let queries = NumberQueries(transaction: transaction)
            try queries.lock(number)
            guard let owned = try queries.owned(number, by: tenant) else { return .refused(.notOwned) }
            guard try queries.hasFlow(flow, tenant) else { return .refused(.unknownFlow) }
            if owned.flow == flow { return .unchanged }
            let boundary = try queries.boundary(number, of: tenant)
            try queries.endAssignment(number, of: tenant, at: boundary)
            let assignment = try queries.insertAssignment(tenant, owned, flow: flow, from: boundary)
            let entry = AuditEntry(
                actor: actor,
                action: owned.flow == nil ? "number.assigned" : "number.reassigned",
                object: AuditObject("number_assignment", assignment.id.description),
                before: owned.flow.map { ["flow": .text($0.description)] },
                after: ["number": .text(number.value), "flow": .text(flow.description)]
            )
            try AuditTrail.record(entry, in: transaction)
            return .assigned(assignment)
        }
    }

    /// Lets the number lead nowhere; callers hear the neutral announcement. Nil if that was done.
    package func unassign(_ tenant: TenantID, _ number: E164, actor: AuditActor) async throws -> NumberRefusal? {
        try await database.withTenant(tenant) { transaction in
            let queries = NumberQueries(transaction: transaction)
            try queries.lock(number)
            guard let owned = try queries.owned(number, by: tenant) else { return .notOwned }
            guard let flow = owned.flow else { return .notAssigned }
            try queries.endAssignment(number, of: tenant, at: try queries.boundary(number, of: tenant))
            let entry = owned.entry("number.unassigned", actor, before: ["flow": .text(flow.description)])
            try AuditTrail.record(entry, in: transaction)
            return nil
        }
    }

    /// Gives the number back. Nobody can claim it for 30 days. Nil if that was done.
    package func release(_ tenant: TenantID, _ number: E164, actor: AuditActor) async throws -> NumberRefusal? {
        try await database.withTenant(tenant) { transaction in
            let queries = NumberQueries(transaction: transaction)
            try queries.lock(number)
            guard let owned = try queries.owned(number, by: tenant) else { return .notOwned }
            let boundary = try queries.boundary(number, of: tenant)
            try queries.endAssignment(number, of: tenant, at: boundary)
            try queries.endOwnership(
                owned.id,
                of: tenant,
                at: boundary,
                restingUntil: boundary.addingTimeInterval(Self.rest)
            )
            try AuditTrail.record(owned.entry("number.released", actor), in: transaction)
            return nil
        }
    }

    package func numbers(_ tenant: TenantID) async throws -> [OwnedNumber] {
        try await database.withTenant(tenant) { transaction in
            try NumberQueries(transaction: transaction).numbers(of: tenant)
        }
    }

    // MARK: The operator's acts

    /// Moves a number from one tenant to another without rest: an operator's act, with a fresh check at the carrier.
    /// Both tenants' chains have the line.
    ///
    /// - Parameter flow: the target's flow that it leads to from the same boundary on; nil: nowhere.
    package func transfer(
        _ number: E164,
        from source: TenantID,
        to target: TenantID,
        flow: FlowID? = nil,
        actor: AuditActor,
        reason: String
    ) async throws -> Claim {
        let verifiedAt = time.now()
        let found: CarrierNumber
        switch try await verify(number) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let confirmed): found = confirmed
        }
        do {
            return try await database.withPlatform(actor: actor.name, reason: reason) { transaction in
                let queries = NumberQueries(transaction: transaction)
                try queries.lock(number)
                guard let owned = try queries.owned(number, by: source) else { return .refused(.notOwned) }
                if source == target { return .alreadyOwned(owned) }
                if let flow, try !queries.hasFlow(flow, target) { return .refused(.unknownFlow) }
                let boundary = try queries.boundary(number, of: source)
                try queries.endAssignment(number, of: source, at: boundary)
                try queries.endOwnership(owned.id, of: source, at: boundary, restingUntil: nil)
                var moved = try queries.insertOwnership(target, found, typed: owned.typed, verifiedAt: verifiedAt)
                if let flow {
                    let begin = try queries.boundary(number, of: target)
                    _ = try queries.insertAssignment(target, moved, flow: flow, from: begin)
                    moved = moved.leading(to: flow)
                }
                // In one order for all, so that two transfers never wait for each other.
                let lines = [
                    (source, owned.entry("number.moved_out", actor, reason: reason)),
                    (target, moved.entry("number.moved_in", actor, reason: reason)),
                ].sorted { $0.0 < $1.0 }
                for (tenant, entry) in lines { try AuditTrail.record(entry, for: tenant, in: transaction) }
                return .claimed(moved)
            }
        } catch let error as DatabaseError {
            guard let refusal = NumberRefusal(error) else { throw error }
            return .refused(refusal)
        }
    }

    // MARK: Routing

    /// Who answers `number` at that instant; nil if nobody does.
    package func route(to number: E164, at instant: Date) async throws -> Route? {
        try await database.withoutTenant { transaction in
            try NumberQueries(transaction: transaction).route(number, at: instant)
        }
    }

    /// Who answers `number` now, by the clock that also sets the boundaries of periods, in any transaction of the
    /// application.
    package static func route(to number: E164, in transaction: Transaction) throws -> Route? {
        try NumberQueries(transaction: transaction).routeNow(number)
    }

    /// The carrier holds exactly this number, in our account, and would call us.
    func verify(_ number: E164) async throws -> Result<CarrierNumber, NumberRefusal> {
        guard let found = try await carrier.find(number), found.e164 == number, found.account == account else {
            return .failure(.notAtCarrier)
        }
        return found.isRoutedElsewhere ? .failure(.routedElsewhere) : .success(found)
    }
}

extension NumberRefusal {
    /// What a refusal of the database means.
    fileprivate init?(_ error: DatabaseError) {
        guard case .refused(_, let constraint) = error else { return nil }
        switch constraint {
        case "number_ownership_one_owner": self = .taken
        case "number_ownership_quarantine": self = .quarantined
        default: return nil
        }
    }
}

extension OwnedNumber {
    /// The number is the tenant's own and not a caller's, so it may stand in the trail.
    func entry(
        _ action: String,
        _ actor: AuditActor,
        before: AuditValue? = nil,
        reason: String? = nil
    ) -> AuditEntry {
        AuditEntry(
            actor: actor,
            action: action,
            object: AuditObject("number_ownership", id.description),
            before: before,
            after: ["number": .text(e164.value), "account": .text(account.value)],
            reason: reason
        )
    }

    fileprivate func leading(to flow: FlowID) -> OwnedNumber {
        OwnedNumber(id: id, e164: e164, typed: typed, account: account, since: since, flow: flow)
    }
}
