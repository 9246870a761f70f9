import Foundation
import NIOHTTP1

/// Asks for foreign and for absent things, in random order, and takes the time of each refusal.
///
/// The order is what makes the judgement sound: whatever else the machine does meets both kinds alike. An identity is
/// asked for as often as any other, because repeating is something a server may notice.
struct RefusalTrial: Sendable {
    struct Times: Sendable {
        var foreign: [Double] = []
        var absent: [Double] = []
    }

    /// Two refusals of one route that are not the same answer.
    struct UnequalAnswers: Error, CustomStringConvertible {
        let route: RefusalRoute

        var description: String { "\(route.name) is not refused with one and the same answer" }
    }

    private struct Step: Sendable {
        let route: RefusalRoute
        let kind: RefusedKind
        let identity: String
    }

    /// Asked before anything is counted: connections, prepared statements and caches come into being.
    private static let warmUp = 300
    private static let refused = 403

    private let world: RefusalWorld
    private let steps: [Step]
    private let warmUp: [Step]

    /// - Parameter requests: of each kind on each route.
    init(_ world: RefusalWorld, requests: Int, using random: inout SeededRandom) {
        self.world = world
        var steps: [Step] = []
        for route in RefusalRoute.allCases {
            for kind in RefusedKind.allCases {
                let identities = route.identities(kind, of: world)
                guard !identities.isEmpty else { continue }
                for index in 0..<requests {
                    steps.append(Step(route: route, kind: kind, identity: identities[index % identities.count]))
                }
            }
        }
        warmUp = Array(steps.shuffled(using: &random).prefix(Self.warmUp))
        self.steps = steps.shuffled(using: &random)
    }

    /// - Throws: `UnexpectedAnswer`, `UnequalAnswers`.
    func run(_ client: PageClient) async throws -> [RefusalRoute: Times] {
        var times: [RefusalRoute: Times] = [:]
        var answers: [RefusalRoute: [UInt8]] = [:]
        for (index, step) in (warmUp + steps).enumerated() {
            if index % 2_000 == 0 { Progress.tell("\(index) of \(warmUp.count + steps.count) requests") }
            let answer = try await ask(step, index, client)
            let body = answers[step.route] ?? answer.body
            answers[step.route] = body
            guard body == answer.body else { throw UnequalAnswers(route: step.route) }
            guard index >= warmUp.count else { continue }
            switch step.kind {
            case .foreign: times[step.route, default: Times()].foreign.append(answer.milliseconds)
            case .absent: times[step.route, default: Times()].absent.append(answer.milliseconds)
            }
        }
        return times
    }

    /// A request beyond the limit of its key is made again once there is room, and only that one counts.
    private func ask(_ step: Step, _ index: Int, _ client: PageClient) async throws -> PageClient.Answer {
        let path = step.route.path(step.identity)
        let asker: Asker =
            step.route == .apiCall ? .key(world.keys[index % world.keys.count]) : .session(world.session)
        while true {
            let answer = try await client.get(path, as: asker)
            if answer.status == 429, let wait = answer.headers.first(name: "Retry-After").flatMap(Int.init) {
                try await Task.sleep(for: .seconds(min(60, max(1, wait))))
                continue
            }
            guard answer.status == Self.refused else {
                throw UnexpectedAnswer(path: step.route.name, status: answer.status)
            }
            return answer
        }
    }
}
