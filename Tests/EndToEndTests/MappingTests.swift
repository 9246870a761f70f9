import Calls
import Database
import Flows
import Foundation
import Kernel
import Numbers
import Sandbox
import Tenants
import TestSupport
import Testing

extension EndToEnd.MappingTests {
    /// Webhooks of the random interleaving; ten thousand more are done on the slice alone.
    private static let knownRounds = 10
    private static let knownCallsPerRound = 30

    @Test("two tenants with several numbers each are routed right through random re-assignments and transfers")
    func randomInterleavings() async throws {
        try await withStage(StageOptions { $0.drains = false }) { stage in
            let bounds = TenantBounds(concurrentCalls: 1_000, callSeconds: 1_800)
            var map = try await NumberMap.make(stage, ["Amsel", "Biene"], numbersEach: 4, bounds: bounds)
            var random = SeededNumbers(seed: 20_260_801)
            for round in 0..<Self.knownRounds {
                for _ in 0..<3 { try await map.change(stage, &random) }
                let owners = map.owners
                let chosen = (0..<Self.knownCallsPerRound).map { _ in map.numbers.randomElement(using: &random) }
                let wrong = try await withThrowingTaskGroup(of: String?.self) { group in
                    for number in chosen.compactMap({ $0 }) {
                        group.addTask { try await Self.misrouted(stage, number, owner: owners[number]) }
                    }
                    return try await group.compactMap { $0 }.reduce(into: []) { $0.append($1) }
                }
                #expect(wrong == [], "round \(round)")
            }
        }
    }

    /// What went wrong with a call to the number; nil if it was routed right.
    private static func misrouted(_ stage: Stage, _ number: E164, owner: NumberMap.Owner?) async throws -> String? {
        let hand = CarrierHand(stage)
        let answer = try await hand.ring(number.value)
        let booked = try await stage.booked(hand.callSid)
        guard let owner else {
            let isNeutral = answer.mediaToken == nil && answer.body.contains("nicht erreichbar")
            return isNeutral && booked == nil ? nil : "\(number.value) leads nowhere, but \(answer.body)"
        }
        guard answer.status == 200, answer.mediaToken != nil, let booked else {
            return "\(number.value): \(answer.status) \(answer.body)"
        }
        guard booked.reference.tenant == owner.tenant else { return "\(number.value): wrong tenant" }
        return booked.version == owner.version ? nil : "\(number.value): wrong flow"
    }

    // MARK: In the middle of a call

    /// A call during which `change` happens, between the greeting and the caller's question.
    private func call(
        _ stage: Stage,
        delivery: DialPlan.Delivery = .init(),
        during change: @escaping @Sendable () async throws -> Void
    ) async throws -> CallReport {
        var plan = stage.plan([
            .waitForTurn, .silence(ms: 4_000), .say("Wie ist Ihre Adresse?"), .waitForTurn,
            .say("Verbinden Sie mich bitte mit der Werkstatt."), .waitForTurn,
        ])
        plan.delivery = delivery
        let (greetings, greeted) = AsyncStream.makeStream(of: Void.self)
        let asked = plan
        async let report = stage.dial(asked) { line in
            if line.speaker == .agent { greeted.finish() }
        }
        for await _ in greetings {}
        try await change()
        return await report
    }

    @Test("A8: a number re-assigned to another flow during a call: the call keeps its flow, the next has the new one")
    func reassignedDuringCall() async throws {
        try await withStage { stage in
            let company = stage.company
            let other = try await stage.founding.publish(
                .reception(of: "Muster", facts: "Unsere Adresse ist Nebengasse 2 in Wels."),
                for: company.tenant.id,
                name: "zweiter"
            )
            let report = try await call(stage) {
                let outcome = try await stage.numbers.assign(
                    company.tenant.id,
                    company.number,
                    to: other,
                    actor: Founding.actor
                )
                guard case .assigned = outcome else { throw NotDone(what: "\(outcome)") }
            }
            #expect(report.problems == [], "\(report.transcript)")
            #expect(report.agentText.contains("Hauptplatz 1"))
            #expect(!report.agentText.contains("Nebengasse"))
            #expect(try await stage.segments(report).kinds == [.bot, .forward])

            let next = await stage.dial([
                .waitForTurn, .say("Wie ist Ihre Adresse?"), .waitForTurn, .expect("Nebengasse 2"), .hangUp,
            ])
            #expect(next.problems == [], "\(next.transcript)")
            #expect(try await stage.auditActions(company.tenant.id).last == "number.reassigned")
        }
    }

    @Test("A8: a number transferred during a call: late callbacks bill the old tenant, the next call is new")
    func transferredDuringCall() async throws {
        try await withStage { stage in
            let old = stage.company
            let new = try await stage.found("Nachfolger")
            let late = DialPlan.Delivery(copies: 2, delay: .milliseconds(300), isReversed: true)
            let report = try await call(stage, delivery: late) {
                let outcome = try await stage.numbers.transfer(
                    old.number,
                    from: old.tenant.id,
                    to: new.tenant.id,
                    actor: Founding.actor,
                    reason: "test"
                )
                guard case .claimed = outcome else { throw NotDone(what: "\(outcome)") }
                try await stage.founding.assign(old.number, to: new.tenant.id, new.flow)
            }
            #expect(report.problems == [], "\(report.transcript)")
            #expect(report.agentText.contains("Firma Muster"))
            let booked = try #require(try await stage.settled(report.callSid))
            #expect(booked.reference.tenant == old.tenant.id)
            #expect(booked.outcome == "handed_over")
            let segments = try await stage.segments(report)
            #expect(segments.kinds == [.bot, .forward])
            let dialled = try #require(report.dials.first)
            #expect(segments.milliseconds(.forward) == dialled.durationSeconds * 1_000)
            #expect(try await rows(of: new.tenant.id, stage) == 0, "nothing of the call is the new tenant's")

            let next = await stage.dial([.waitForTurn, .expect("Firma Nachfolger"), .hangUp], to: old.number)
            #expect(next.problems == [], "\(next.transcript)")
            #expect(try await stage.settled(next.callSid)?.reference.tenant == new.tenant.id)
            #expect(try await stage.auditActions(old.tenant.id).last == "number.moved_out")
            #expect(try await stage.auditActions(new.tenant.id).contains("number.moved_in"))
        }
    }

    private func rows(of tenant: TenantID, _ stage: Stage) async throws -> Int {
        try await stage.database.app.withTenant(tenant) { transaction in
            let row = try transaction.queryOne(
                """
                SELECT (SELECT count(*) FROM call) + (SELECT count(*) FROM usage_segment)
                    + (SELECT count(*) FROM carrier_event) + (SELECT count(*) FROM transcript_turn) AS rows
                """
            )
            return try row?.get("rows") ?? -1
        }
    }

    // MARK: Repetitions

    @Test("H4: a webhook that is repeated, also at the same time, gets the same answer byte by byte")
    func repeatedWebhooks() async throws {
        try await withStage(StageOptions { $0.drains = false }) { stage in
            let hand = CarrierHand(stage)
            let token = UUID().uuidString.lowercased()
            let number = stage.company.number.value
            let answers = try await withThrowingTaskGroup(of: CarrierHand.Answer.self) { group in
                for _ in 0..<8 { group.addTask { try await hand.ring(number, idempotencyToken: token) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let first = try #require(answers.first)
            #expect(first.status == 200)
            #expect(first.mediaToken != nil)
            #expect(answers.allSatisfy { $0 == first })
            // Later, and by another attempt of the carrier's: the call is the same, and so is the answer.
            #expect(try await hand.ring(number) == first)
            let fallback = try await hand.post("/twilio/voice/fallback", hand.form(to: number))
            #expect(fallback.mediaToken == first.mediaToken)
            #expect(try await callCount(stage) == 1)
        }
    }

    private func callCount(_ stage: Stage) async throws -> Int {
        try await stage.database.app.withTenant(stage.company.tenant.id) { transaction in
            try transaction.queryOne("SELECT count(*) AS calls FROM call")?.get("calls") ?? 0
        }
    }

    static let deliveries: [DialPlan.Delivery] = [
        .init(copies: 3), .init(isReversed: true), .init(delay: .milliseconds(150)),
        .init(copies: 2, delay: .milliseconds(80), isReversed: true),
    ]

    @Test("I2: callbacks that come doubled, late or in reverse give the same totals", arguments: deliveries)
    func sameTotals(_ delivery: DialPlan.Delivery) async throws {
        try await withStage { stage in
            var plan = stage.plan([
                .waitForTurn, .say("Verbinden Sie mich bitte mit der Werkstatt."), .waitForTurn,
            ])
            plan.delivery = delivery
            plan.webhookCopies = 2
            let report = await stage.dial(plan)
            #expect(report.problems == [], "\(report.transcript)")
            let segments = try await stage.segments(report)
            let stream = try #require(report.streams.first)
            let dialled = try #require(report.dials.first)
            #expect(segments.kinds == [.bot, .forward])
            #expect(abs(segments.milliseconds(.bot) - stream.audioMs) <= 1_000)
            #expect(segments.milliseconds(.forward) == dialled.durationSeconds * 1_000)

            // Once more, long after everything is settled.
            let hand = CarrierHand(stage, callSid: report.callSid)
            let ended =
                hand.form(to: stage.company.number.value, status: "completed")
                + [
                    ("DialCallStatus", "completed"), ("DialCallSid", dialled.callSid), ("DialBridged", "true"),
                    ("DialCallDuration", "\(dialled.durationSeconds + 60)"),
                ]
            #expect(try await hand.post("/twilio/dial/ended", ended).status == 200)
            let over = hand.form(to: stage.company.number.value, status: "completed") + [("CallDuration", "999")]
            #expect(try await hand.post("/twilio/call/status", over).status < 300)
            #expect(try await stage.segments(report) == segments)
            #expect(try await stage.settled(report.callSid)?.outcome == "handed_over")
        }
    }
}

struct NotDone: Error {
    let what: String
}

/// What the test knows about who owns which number.
private struct NumberMap {
    struct Owner: Sendable, Equatable {
        let tenant: TenantID
        let version: String
    }

    private struct Flow {
        let id: FlowID
        let version: String
    }

    let numbers: [E164]
    /// Who answers; a number that leads nowhere is not in it.
    private(set) var owners: [E164: Owner] = [:]
    private var tenants: [TenantID]
    private var holders: [E164: TenantID] = [:]
    private var flows: [TenantID: [Flow]] = [:]

    static func make(
        _ stage: Stage,
        _ names: [String],
        numbersEach count: Int,
        bounds: TenantBounds
    ) async throws -> NumberMap {
        var map = NumberMap(numbers: (0..<names.count * count).map { _ in Founding.freshNumber() }, tenants: [])
        for (index, name) in names.enumerated() {
            let tenant = try await stage.found(name, bounds: bounds).tenant.id
            map.tenants.append(tenant)
            for flow in ["eins", "zwei"] {
                let text = FlowText.reception(of: "\(name) \(flow)")
                let id = try await stage.founding.publish(text, for: tenant, name: flow)
                guard let live = try await stage.flows.current(tenant, flow: id) else { throw NotDone(what: flow) }
                map.flows[tenant, default: []].append(Flow(id: id, version: live.version.description))
            }
            for number in map.numbers[index * count..<(index + 1) * count] {
                guard let flow = map.flows[tenant]?.first else { continue }
                try await stage.founding.assign(number, to: tenant, flow.id)
                map.holders[number] = tenant
                map.owners[number] = Owner(tenant: tenant, version: flow.version)
            }
        }
        return map
    }

    private init(numbers: [E164], tenants: [TenantID]) {
        self.numbers = numbers
        self.tenants = tenants
    }

    /// Re-assigns, unassigns or transfers a number.
    mutating func change(_ stage: Stage, _ random: inout SeededNumbers) async throws {
        guard let number = numbers.randomElement(using: &random), let holder = holders[number],
            let flow = flows[holder]?.randomElement(using: &random)
        else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let refusal = try await stage.numbers.unassign(holder, number, actor: Founding.actor)
            if let refusal, refusal != .notAssigned { throw NotDone(what: "\(refusal)") }
            owners[number] = nil
        case 1:
            guard let other = tenants.first(where: { $0 != holder }), let flow = flows[other]?.first else { return }
            let claim = try await stage.numbers.transfer(
                number,
                from: holder,
                to: other,
                actor: Founding.actor,
                reason: "test"
            )
            guard case .claimed = claim else { throw NotDone(what: "\(claim)") }
            holders[number] = other
            try await assign(number, to: flow, of: other, stage)
        default: try await assign(number, to: flow, of: holder, stage)
        }
    }

    private mutating func assign(_ number: E164, to flow: Flow, of tenant: TenantID, _ stage: Stage) async throws {
        let outcome = try await stage.numbers.assign(tenant, number, to: flow.id, actor: Founding.actor)
        if case .refused(let refusal) = outcome { throw NotDone(what: "\(refusal)") }
        owners[number] = Owner(tenant: tenant, version: flow.version)
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
