package import Audit
import Database
import Foundation
package import Kernel
import Synchronization

extension NumberBook {
    /// What is known of where calls of a number go.
    package enum Direction: Sendable, Hashable {
        case known(CarrierRoute)
        /// The carrier does not hold the number in our account any more.
        case missing
        /// The carrier did not answer in time.
        case unknown
    }

    package enum Directing: Sendable, Equatable {
        case directed
        case refused(NumberRefusal)
    }

    /// How long a page waits for the carrier.
    private static let patience = Duration.seconds(2)

    /// Whether `direct` can be asked for.
    package var canDirect: Bool { carrier.direct != nil }

    /// Where calls of a number go, as the carrier says now or said less than half a minute ago.
    package func direction(of number: E164) async -> Direction {
        let now = time.now()
        if let known = directions.recall(number, at: now) { return known }
        let direction: Direction
        do {
            direction = try await time.limit(Self.patience) { [self] in
                guard let found = try await held(number) else { return .missing }
                return .known(found.route)
            }
        } catch {
            // Whatever it was, the page says that it does not know.
            direction = .unknown
        }
        directions.keep(direction, of: number, at: now)
        return direction
    }

    /// Lets the carrier bring calls of a tenant's number to us: an operator's act.
    ///
    /// The line in the tenant's chain is written before the carrier is told, because the carrier's side cannot be taken
    /// back with it; if the carrier then refuses, a second line says so.
    ///
    /// - Throws: what the carrier or the database throws.
    package func direct(
        _ number: E164,
        of tenant: TenantID,
        actor: AuditActor,
        reason: String
    ) async throws -> Directing {
        guard let direct = carrier.direct, let found = try await held(number) else { return .refused(.notAtCarrier) }
        let before: AuditValue = ["calls": .text(found.route.code)]
        guard try await write("number.directed", number, of: tenant, actor, before, reason) else {
            return .refused(.notOwned)
        }
        defer { directions.forget(number) }
        do {
            try await direct(found)
        } catch {
            _ = try await write("number.direction_failed", number, of: tenant, actor, nil, reason)
            throw error
        }
        return .directed
    }

    /// - Returns: false if the number is not the tenant's.
    private func write(
        _ action: String,
        _ number: E164,
        of tenant: TenantID,
        _ actor: AuditActor,
        _ before: AuditValue?,
        _ reason: String
    ) async throws -> Bool {
        try await database.withPlatform(actor: actor.name, reason: reason) { transaction in
            let queries = NumberQueries(transaction: transaction)
            try queries.lock(number)
            guard let owned = try queries.owned(number, by: tenant) else { return false }
            let entry = owned.entry(action, actor, before: before, reason: reason)
            try AuditTrail.record(entry, for: tenant, in: transaction)
            return true
        }
    }

    private func held(_ number: E164) async throws -> CarrierNumber? {
        guard let found = try await carrier.find(number), found.e164 == number, found.account == account else {
            return nil
        }
        return found
    }
}

/// What the carrier said of numbers a moment ago, so that a page that is loaded again does not ask again.
final class DirectionMemory: Sendable {
    private static let lifetime: TimeInterval = 30
    private static let capacity = 1_000

    private struct Kept {
        let direction: NumberBook.Direction
        let at: Date
    }

    private let kept = Mutex<[E164: Kept]>([:])

    func recall(_ number: E164, at now: Date) -> NumberBook.Direction? {
        kept.withLock { kept in
            guard let found = kept[number], now.timeIntervalSince(found.at) < Self.lifetime else { return nil }
            return found.direction
        }
    }

    func keep(_ direction: NumberBook.Direction, of number: E164, at now: Date) {
        kept.withLock { kept in
            if kept.count >= Self.capacity {
                kept = kept.filter { now.timeIntervalSince($0.value.at) < Self.lifetime }
                if kept.count >= Self.capacity { kept.removeAll() }
            }
            kept[number] = Kept(direction: direction, at: now)
        }
    }

    func forget(_ number: E164) { kept.withLock { $0[number] = nil } }
}
