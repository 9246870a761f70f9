import Calls
import Foundation
import Kernel
import Tenants
import Web

/// The tenant's calls, and what is remembered of each.
struct CallController: Sendable {
    private static let cursor = Cursor(of: "calls")
    private static let turns = Cursor(of: "turns")

    let calls: CallReading

    func bind(_ door: APIDoor, into routes: inout RouteBook) {
        door.reading(.apiCalls, in: &routes) { try await list($0) }
        door.reading(.apiCall, in: &routes) { try await call($0) }
        door.reading(.apiTranscript, in: &routes) { try await transcript($0) }
        door.reading(.apiSegments, in: &routes) { try await segments($0) }
        door.reading(.apiEvents, in: &routes) { try await events($0) }
    }

    private func list(_ visit: APIVisit) async throws -> APIAnswer {
        var query = QueryReader(visit.request)
        var filter = CallFilter(
            from: query.value("from", Timestamp.parse),
            until: query.value("to", Timestamp.parse),
            flow: query.value("flow_id") { FlowID($0) },
            called: query.value("called") { E164($0) }
        )
        let outcome = query.value("outcome") { CallResult(rawValue: $0).flatMap { $0 == .running ? nil : $0 } }
        let state = query.value("state", CallPhase.init(rawValue:))
        let cursor = query.cursor(Self.cursor) { CallCursor($0).flatMap { $0.isPlausible ? $0 : nil } }
        let limit = query.limit()
        try query.finish()
        filter.result = outcome ?? (state == .running ? .running : nil)
        // A running call has no outcome yet.
        if outcome != nil, state == .running { return APIAnswer(["items": [], "next_cursor": .null]) }
        let page = try await page(visit.tenant, filter, after: cursor, limit: limit, onlyEnded: state == .ended)
        return APIAnswer([
            "items": .list(page.lines.map(\.json)),
            "next_cursor": .optional(page.next) { .text(Self.cursor.text($0.text)) },
        ])
    }

    /// Running calls are among the newest and no more than the tenant's lines, so that few pages are asked for.
    private func page(
        _ tenant: TenantID,
        _ filter: CallFilter,
        after cursor: CallCursor?,
        limit: Int,
        onlyEnded: Bool
    ) async throws -> (lines: [CallLine], next: CallCursor?) {
        guard onlyEnded else { return try await calls.list(tenant, filter, after: cursor, limit: limit) }
        var found: [CallLine] = []
        var place = cursor
        repeat {
            let page = try await calls.list(tenant, filter, after: place, limit: limit - found.count)
            found += page.lines.filter { $0.result != .running }
            place = page.next
        } while found.count < limit && place != nil
        return (found, place)
    }

    private func call(_ visit: APIVisit) async throws -> APIAnswer {
        let id: CallID = try visit.id("call")
        try visit.expectNoQuery()
        guard let line = try await calls.call(visit.tenant, id) else { throw APIProblem(.notVisible) }
        return APIAnswer(line.json)
    }

    private func transcript(_ visit: APIVisit) async throws -> APIAnswer {
        let id: CallID = try visit.id("call")
        var query = QueryReader(visit.request)
        let after = query.cursor(Self.turns) { Int($0).flatMap { (0..<1_000_000).contains($0) ? $0 : nil } }
        let limit = query.limit(usual: 100)
        try query.finish()
        guard let turns = try await calls.turns(visit.tenant, id, after: after, limit: limit + 1) else {
            throw APIProblem(.notVisible)
        }
        let page = turns.prefix(limit)
        let next = turns.count > limit ? page.last : nil
        return APIAnswer([
            "items": .list(page.map(\.json)),
            "next_cursor": .optional(next) { .text(Self.turns.text(String($0.ordinal))) },
        ])
    }

    private func segments(_ visit: APIVisit) async throws -> APIAnswer {
        let id: CallID = try visit.id("call")
        try visit.expectNoQuery()
        guard let segments = try await calls.segments(visit.tenant, id) else { throw APIProblem(.notVisible) }
        return APIAnswer(["items": .list(segments.map(\.json))])
    }

    private func events(_ visit: APIVisit) async throws -> APIAnswer {
        let id: CallID = try visit.id("call")
        try visit.expectNoQuery()
        guard let events = try await calls.events(visit.tenant, id) else { throw APIProblem(.notVisible) }
        return APIAnswer(["items": .list(events.map(\.json))])
    }
}

/// Whether a call goes on.
enum CallPhase: String, Sendable {
    case running
    case ended
}

extension CallCursor {
    /// Within the span of dates that are looked for.
    fileprivate var isPlausible: Bool { (0...7_258_118_400).contains(admittedAt.timeIntervalSince1970) }
}
