import Foundation
import HTTPTypes
import Kernel
import Numbers
import PhoneNumbers
import Tenants
import Web

/// The tenant's numbers. Every act is one call of `NumberBook`, which asks the carrier and records what was done.
struct NumberController: Sendable {
    private static let cursor = Cursor(of: "numbers")

    let numbers: NumberBook
    let reading: NumberReading
    let tenants: TenantBook

    func bind(_ door: APIDoor, into routes: inout RouteBook) {
        door.reading(.apiNumbers, in: &routes) { try await list($0) }
        door.reading(.apiNumber, in: &routes) { try await number($0) }
        door.writing(.apiNumberClaim, in: &routes, location: Self.location) { try await claim($0) }
        door.writing(.apiNumberFlow, in: &routes) { try await lead($0) }
        door.writing(.apiNumberRelease, in: &routes) { try await release($0) }
    }

    @Sendable private static func location(_ body: JSON) -> String? {
        body["number"]?.string.map { "\(Endpoint.apiRoot)/numbers/\($0)" }
    }

    private func list(_ visit: APIVisit) async throws -> APIAnswer {
        var query = QueryReader(visit.request)
        let after = query.cursor(Self.cursor) { E164($0) }
        let limit = query.limit()
        try query.finish()
        let all = try await reading.page(visit.tenant, NumberFilter(), offset: 0, limit: NumberReading.most)
        let behind = all.lines.filter(\.isOwned).sorted { $0.e164 < $1.e164 }
            .drop { line in after.map { line.e164 <= $0 } ?? false }
        let page = behind.prefix(limit)
        let next = behind.count > limit ? page.last : nil
        return APIAnswer([
            "items": .list(page.map(\.json)),
            "next_cursor": .optional(next) { .text(Self.cursor.text($0.e164.value)) },
        ])
    }

    private func number(_ visit: APIVisit) async throws -> APIAnswer {
        let number = try visit.number("number")
        try visit.expectNoQuery()
        return APIAnswer(try await line(number, visit).json)
    }

    private func claim(_ visit: APIVisit) async throws -> APIAnswer {
        try visit.expectNoQuery()
        var body = try BodyReader(visit.request)
        let typed = body.text("number", isRequired: true) { (1...60).contains($0.unicodeScalars.count) ? $0 : nil }
        let region = body.text("region") { Region($0) }
        let flow = body.nullable("flow_id") { FlowID($0) }
        try body.finish()
        guard let typed else { throw APIProblem(.internalError) }
        if case .value(let flow)? = flow {
            guard visit.may(.numbersAssign) else { throw APIProblem(.notVisible) }
            guard try await reading.flows(visit.tenant).contains(where: { $0.id == flow }) else {
                throw NumberRefusal.unknownFlow.problem
            }
        }
        let isNew: Bool
        let owned: OwnedNumber
        switch try await asking({
            try await numbers.claim(
                visit.tenant,
                typed: typed,
                region: try await usual(region, visit),
                actor: visit.actor
            )
        }) {
        case .claimed(let number): (isNew, owned) = (true, number)
        case .alreadyOwned(let number): (isNew, owned) = (false, number)
        case .refused(let refusal): throw refusal.problem
        }
        if case .value(let flow)? = flow {
            let assignment = try await numbers.assign(visit.tenant, owned.e164, to: flow, actor: visit.actor)
            if case .refused(let refusal) = assignment { throw refusal.problem }
        }
        return APIAnswer(try await line(owned.e164, visit).json, status: isNew ? .created : .ok)
    }

    private func lead(_ visit: APIVisit) async throws -> APIAnswer {
        let number = try visit.number("number")
        try visit.expectNoQuery()
        var body = try BodyReader(visit.request)
        let flow = body.nullable("flow_id", isRequired: true) { FlowID($0) }
        try body.finish()
        switch flow {
        case .value(let flow)?:
            let assignment = try await numbers.assign(visit.tenant, number, to: flow, actor: visit.actor)
            if case .refused(let refusal) = assignment { throw refusal.problem }
        case .null?, nil:
            let refusal = try await numbers.unassign(visit.tenant, number, actor: visit.actor)
            if let refusal, refusal != .notAssigned { throw refusal.problem }
        }
        return APIAnswer(try await line(number, visit).json)
    }

    private func release(_ visit: APIVisit) async throws -> APIAnswer {
        let number = try visit.number("number")
        try visit.expectNoQuery()
        if let refusal = try await numbers.release(visit.tenant, number, actor: visit.actor) {
            throw refusal.problem
        }
        return .noContent
    }

    /// What the tenant owns now.
    private func line(_ number: E164, _ visit: APIVisit) async throws -> NumberLine {
        guard let detail = try await reading.detail(visit.tenant, number), detail.line.isOwned else {
            throw APIProblem(.notVisible)
        }
        return detail.line
    }

    private func usual(_ region: Region?, _ visit: APIVisit) async throws -> Region {
        if let region { return region }
        let home = try await tenants.tenant(visit.tenant)?.settings.region
        return home.flatMap { Region($0) } ?? .austria
    }

    private func asking<Value>(_ act: () async throws -> Value) async throws -> Value {
        do {
            return try await act()
        } catch  where NumberBook.isCarriersFault(error) {
            throw APIProblem(.carrierUnavailable)
        }
    }
}

extension NumberRefusal {
    fileprivate var problem: APIProblem {
        let kind = InputFault.Kind.refused(code: code, key: "numbers.\(code)")
        return switch self {
        case .unreadable, .notAtCarrier: APIProblem(.invalidRequest, faults: [InputFault(.member("number"), kind)])
        case .taken, .quarantined, .routedElsewhere:
            APIProblem(.numberUnavailable, faults: [InputFault(.member("number"), kind)])
        case .unknownFlow: APIProblem(.invalidRequest, faults: [InputFault(.member("flow_id"), kind)])
        case .notOwned, .notAssigned: APIProblem(.notVisible)
        }
    }
}

extension NumberLine {
    fileprivate var json: JSON {
        [
            "number": .text(e164.value),
            "typed": .text(typed),
            "state": .text(state.rawValue),
            "flow": .optional(flow) {
                [
                    "id": .text($0.id.description), "name": .text($0.name),
                    "live_version": .optional($0.liveVersion) { .integer($0) },
                ]
            },
            "flow_since": .optional(flowSince) { .text(Timestamp.text($0)) },
            "owned_since": .text(Timestamp.text(since)),
            "verified_at": .text(Timestamp.text(verifiedAt)),
        ]
    }
}
