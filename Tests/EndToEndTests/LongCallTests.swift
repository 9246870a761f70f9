import Calls
import Database
import Foundation
import Kernel
import Sandbox
import Tenants
import TestSupport
import Testing

@testable import App

extension EndToEnd.LongCallTests {
    /// Audio runs as much faster as recognition keeps up with on two cores, unoptimised.
    private static let longPace = 25.0
    private static let knownMinutes = 12

    @Test("J6: a call of twelve minutes with two roll-overs of the recogniser loses no word and doubles none")
    func twelveMinutes() async throws {
        let options = StageOptions { options in
            options.pace = Self.longPace
            options.limit = .seconds(120)
        }
        try await withStage(options) { stage in
            let said = Self.utterances()
            var plan = stage.plan([.waitForTurn] + said.flatMap { [.say($0), .waitForTurn] } + [.hangUp])
            plan.limitMs = 20 * 60_000
            plan.patienceMs = 120_000
            let report = await stage.dial(plan)
            #expect(report.problems == [], "\(report.lines.suffix(12).map(\.rendered).joined(separator: "\n"))")
            #expect(report.durationMs >= Self.knownMinutes * 60_000, "\(report.durationMs) ms")
            let streams = "voiceagent_speech_recogniser_streams_total"
            #expect(try await stage.figure(streams, labelled: #"outcome="replaced""#) ?? 0 >= 2)
            for trouble in ["reopened", "failed"] {
                #expect(try await stage.figure(streams, labelled: "outcome=\"\(trouble)\"") ?? 0 == 0, "\(trouble)")
            }
            let heard = try await stage.turns(report).filter { $0.speaker == .caller }.map(\.text)
            let words = heard.joined(separator: " ").split(separator: " ")
            let wanted = said.joined(separator: " ").split(separator: " ")
            #expect(words.count == wanted.count)
            #expect(words == wanted, "\(words.difference(from: wanted))")
            #expect(try await stage.segments(report).kinds == [.bot])
        }
    }

    /// What the caller says: every word is another one. A speech of a minute at each change of the recogniser's
    /// streams, so that one falls into the middle of words, and short sentences in between.
    private static func utterances() -> [String] {
        let budgetMs = (knownMinutes * 60 + 10) * 1_000
        let encoder = ModemEncoder()
        var spent = 3_000
        var utterances = [String]()
        var longAtMs = [200_000, 440_000]
        while spent < budgetMs {
            let isLong = longAtMs.first.map { spent >= $0 } ?? false
            if isLong { longAtMs.removeFirst() }
            let index = utterances.count
            let text = (0..<(isLong ? 190 : 10)).map { "w\(index)x\($0)" }.joined(separator: " ") + "."
            utterances.append(text)
            // The answer and the pauses around it.
            spent += encoder.durationMs(of: text) + 3_500
        }
        return utterances
    }

    // MARK: Many

    /// Calls of the run, so that `swift test` stays quick. `VOICEAGENT_MANY_CALLS=1000` is the full number, which
    /// `bin/judges manycalls` sets.
    private static var manyCalls: Int {
        ProcessInfo.processInfo.environment["VOICEAGENT_MANY_CALLS"].flatMap(Int.init) ?? 200
    }
    private static let parallelCalls = 16
    /// Connections that clients and pools of this process may keep open while nothing happens.
    private static let knownIdleConnections = 32

    @Test("7: many short calls leave no call, leg, session, descriptor or lease behind")
    func manyShortCalls() async throws {
        let options = StageOptions { options in
            options.pace = 20
            options.limit = .seconds(120 + Self.manyCalls / 4)
        }
        try await withStage(options) { stage in
            var companies = [stage.company]
            for name in ["Ahorn", "Birke", "Buche"] { companies.append(try await stage.found(name)) }
            let numbers = companies.map(\.number)
            try await run(Self.parallelCalls, stage, numbers)
            #expect(try await stage.becomesQuiet())
            let before = try OpenSockets.count(ports: stage.ports)
            let lease = try await leases(stage)

            let streams = try await run(Self.manyCalls, stage, numbers)

            #expect(try await stage.becomesQuiet())
            for gauge in [
                "voiceagent_calls_active", "voiceagent_media_streams_active", "voiceagent_speech_recognitions",
            ] {
                #expect(try await stage.figure(gauge) == 0, "\(gauge)")
            }
            #expect(try await stage.figure("voiceagent_facts_dropped_total") ?? 0 == 0)
            let after = try OpenSockets.count(ports: stage.ports)
            #expect(after <= before + Self.knownIdleConnections, "\(before) sockets before, \(after) after")
            var rest = Rest()
            for company in companies { try await rest.add(company.tenant.id, stage) }
            #expect(rest.calls == Self.manyCalls + Self.parallelCalls)
            #expect(rest.open == 0)
            #expect(rest.openLegs == 0)
            #expect(rest.segments == rest.soundingLegs)
            #expect(rest.segments >= streams)
            #expect(try await leases(stage).map(\.epoch) == lease.map(\.epoch))
            #expect(try await leases(stage).count == 1)
        }
    }

    /// Makes so many calls, so many at a time; how many of them had a stream.
    @discardableResult
    private func run(_ calls: Int, _ stage: Stage, _ numbers: [E164]) async throws -> Int {
        let gate = Gate(places: Self.parallelCalls)
        let problems = Shared<[String]>([])
        let streams = await withTaskGroup(of: Int.self) { group in
            for index in 0..<calls {
                group.addTask {
                    await gate.withPlace {
                        let report = await stage.dial(Self.shortPlan(stage, numbers[index % numbers.count], index))
                        problems.update { $0 += report.problems }
                        return report.streams.count { $0.audioMs > 0 }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(problems.value.prefix(5) == [])
        return streams
    }

    /// Callers who listen to the greeting, hang up in the middle of it, or whose line breaks.
    private static func shortPlan(_ stage: Stage, _ number: E164, _ index: Int) -> DialPlan {
        var plan = stage.plan(index % 4 == 0 ? [.silence(ms: 700), .hangUp] : [.waitForTurn, .hangUp], to: number)
        if index % 10 == 9 { plan.dropAfterMs = 1_200 }
        plan.patienceMs = 200_000
        return plan
    }

    private func leases(_ stage: Stage) async throws -> [(node: String, epoch: Int64)] {
        try await stage.database.app.withoutTenant { transaction in
            try transaction.query("SELECT node, epoch FROM node_lease")
                .map { (try $0.get("node"), try $0.get("epoch")) }
        }
    }

    /// What the books still hold.
    private struct Rest {
        var calls = 0
        var open = 0
        var openLegs = 0
        var soundingLegs = 0
        var segments = 0

        mutating func add(_ tenant: TenantID, _ stage: Stage) async throws {
            let counts: [Int]? = try await stage.database.app.withTenant(tenant) { transaction in
                try transaction.queryOne(
                    """
                    SELECT (SELECT count(*) FROM call) AS calls,
                        (SELECT count(*) FROM call WHERE state <> 'ended') AS open,
                        (SELECT count(*) FROM call_leg WHERE ended_at IS NULL) AS legs,
                        (SELECT count(*) FROM call_leg WHERE ended_at > started_at) AS sounding,
                        (SELECT count(*) FROM usage_segment) AS segments
                    """
                ).map { row in
                    try ["calls", "open", "legs", "sounding", "segments"].map { try row.get($0, as: Int.self) }
                }
            }
            guard let counts, counts.count == 5 else { return }
            calls += counts[0]
            open += counts[1]
            openLegs += counts[2]
            soundingLegs += counts[3]
            segments += counts[4]
        }
    }
}

extension Stage {
    /// The ports that belong to this stage alone.
    fileprivate var ports: Set<Int> { [config.port, config.observation.servePort, world.httpPort, world.grpcPort] }
}

/// The TCP connections of this process. Other tests run in it at the same time, so only those of given ports count.
private enum OpenSockets {
    static func count(ports: Set<Int>) throws -> Int {
        let inodes = try inodes(of: ports)
        let folder = "/proc/self/fd"
        return try FileManager.default.contentsOfDirectory(atPath: folder).count { name in
            guard let match = target(of: "\(folder)/\(name)").wholeMatch(of: /socket:\[([0-9]+)\]/) else {
                return false
            }
            return inodes.contains(String(match.1))
        }
    }

    private static func target(of link: String) -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: link)
        } catch {
            // Closed between listing and reading.
            return ""
        }
    }

    private static func inodes(of ports: Set<Int>) throws -> Set<String> {
        var inodes = Set<String>()
        for line in try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count > 9 else { continue }
            let ends = [fields[1], fields[2]].compactMap { end in
                end.split(separator: ":").last.flatMap { Int($0, radix: 16) }
            }
            if !ports.isDisjoint(with: ends) { inodes.insert(String(fields[9])) }
        }
        return inodes
    }
}
