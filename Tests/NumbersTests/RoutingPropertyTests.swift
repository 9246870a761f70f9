import Database
import Foundation
import Kernel
import Numbers
import PhoneNumbers
import TestSupport
import Testing

/// A small generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

struct RoutingPropertyTests {
    /// What should be true of one number.
    private enum Model: Equatable {
        case free
        case owned(by: Int, flow: FlowID?)
        case resting
    }

    @Test(
        "two tenants with several numbers are routed right over 10,000 random acts",
        arguments: [1, 2, 3, 4] as [UInt64]
    )
    func randomActs(seed: UInt64) async throws {
        try await withTestDatabase(poolSize: 2) { database in
            let book = try numberBook(database)
            var random = SeededGenerator(state: seed)
            let tenants = [try await database.makeTenant(), try await database.makeTenant()]
            var flows: [[FlowID]] = []
            for tenant in tenants {
                let first = try await database.makeLiveFlow(tenant, name: "A").flow
                let second = try await database.makeLiveFlow(tenant, name: "B").flow
                flows.append([first, second])
            }
            let numbers = try (0..<5).map { try number("+4373290010\($0)") }
            var model = Dictionary(uniqueKeysWithValues: numbers.map { ($0, Model.free) })
            var history: [(E164, Date, TenantID?, FlowID?)] = []

            for step in 0..<2_500 {
                let e164 = numbers[Int.random(in: 0..<numbers.count, using: &random)]
                let who = Int.random(in: 0...1, using: &random)
                let before = model[e164]
                switch Int.random(in: 0..<20, using: &random) {
                case 0...1:
                    let claim = try await book.claim(tenants[who], typed: e164.value, region: .austria, actor: clerk)
                    switch (before, claim) {
                    case (.free, .claimed): model[e164] = .owned(by: who, flow: nil)
                    case (.owned(who, _), .alreadyOwned), (.resting, .refused(.quarantined)): break
                    case (.owned(let owner, _), .refused(.taken)) where owner != who: break
                    default: Issue.record("step \(step): claim of \(String(describing: before)) gave \(claim)")
                    }
                case 2...6:
                    let flow = flows[who][Int.random(in: 0...1, using: &random)]
                    let outcome = try await book.assign(tenants[who], e164, to: flow, actor: clerk)
                    switch (before, outcome) {
                    case (.owned(who, flow), .unchanged): break
                    case (.owned(who, _), .assigned): model[e164] = .owned(by: who, flow: flow)
                    case (.owned(who, _), _): Issue.record("step \(step): own number not assigned: \(outcome)")
                    default: #expect(outcome == .refused(.notOwned), "step \(step)")
                    }
                case 7:
                    let refusal = try await book.release(tenants[who], e164, actor: clerk)
                    if case .owned(who, _) = before {
                        #expect(refusal == nil, "step \(step)")
                        model[e164] = .resting
                    } else {
                        #expect(refusal == .notOwned, "step \(step)")
                    }
                case 8...9:
                    if before == .resting {
                        try await endRest(database, e164)
                        model[e164] = .free
                    }
                default:
                    let instant = Date()
                    let route = try await book.route(to: e164, at: instant)
                    let expected: (TenantID?, FlowID?) =
                        if case .owned(let owner, let flow?) = before { (tenants[owner], flow) } else { (nil, nil) }
                    #expect(route?.tenant == expected.0, "step \(step)")
                    #expect(route?.flow == expected.1, "step \(step)")
                    history.append((e164, instant, expected.0, expected.1))
                }
            }
            // What was true at an instant is still the answer for that instant after everything that followed.
            for (e164, instant, tenant, flow) in history.shuffled(using: &random).prefix(200) {
                let route = try await book.route(to: e164, at: instant)
                #expect(route?.tenant == tenant)
                #expect(route?.flow == flow)
            }
        }
    }

    @Test("A7: whatever is done in parallel, every number has one owner and one flow at every instant")
    func parallelActsNeverOverlap() async throws {
        try await withTestDatabase(poolSize: 8) { database in
            let book = try numberBook(database)
            let one = try await database.makeTenantWithFlow()
            let other = try await database.makeTenantWithFlow()
            let e164 = try number("+43732900100")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        let mine = worker.isMultiple(of: 2) ? one : other
                        for _ in 0..<15 {
                            _ = try await book.claim(mine.tenant, typed: e164.value, region: .austria, actor: clerk)
                            _ = try await book.assign(mine.tenant, e164, to: mine.flow, actor: clerk)
                            if let route = try await book.route(to: e164, at: Date()) {
                                #expect(
                                    (route.tenant, route.flow) == (one.tenant, one.flow)
                                        || (route.tenant, route.flow) == (other.tenant, other.flow)
                                )
                            }
                            _ = try await book.release(mine.tenant, e164, actor: clerk)
                            try await endRest(database, e164)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let overlaps = try await database.app.withPlatform(actor: "test", reason: "look") { transaction in
                try transaction.query(
                    """
                    SELECT 1 AS one FROM number_assignment AS a JOIN number_assignment AS b
                        ON a.e164 = b.e164 AND a.id < b.id AND a.valid && b.valid
                    """
                ).count
            }
            #expect(overlaps == 0)
        }
    }
}
