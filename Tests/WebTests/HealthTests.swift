import Foundation
import Kernel
import Synchronization
import Telemetry
import Testing

@testable import Web

/// A clock that a test moves.
final class MovedTime: Sendable {
    private struct Sleeper {
        let until: Date
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Date(timeIntervalSince1970: 1_000)
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var next = 0
    }

    private let state = Mutex(State())

    var source: TimeSource {
        TimeSource(now: { self.state.withLock { $0.now } }, sleep: { try await self.sleep($0) })
    }

    func advance(_ seconds: Double) {
        let due = state.withLock { state in
            state.now += seconds
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    private func sleep(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers[id] = Sleeper(
                        until: state.now + duration.seconds,
                        continuation: continuation
                    )
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

@Suite struct HealthTests {
    private struct Away: Error {}

    private func answer(
        database: @escaping @Sendable () async throws -> Void = {},
        redis: @escaping @Sendable () async throws -> Void = {},
        stripe: @escaping @Sendable () async throws -> Void = {},
        readiness: Readiness = .ready,
        to path: String
    ) async throws -> (status: String, body: String) {
        let controller = HealthController(
            probes: HealthProbes(database: database, redis: redis, stripe: stripe),
            time: MovedTime().source,
            readiness: { readiness }
        )
        var book = RouteBook()
        controller.register(on: &book)
        let answer = Mutex(("", ""))
        try await TestServer.run(table: [.health, .live, .ready], book: book) { port in
            let client = try await RawClient.connect(port)
            try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let text = await client.textToEnd()
            answer.withLock {
                $0 = (
                    String(text.dropFirst(9).prefix(3)), text.components(separatedBy: "\r\n\r\n").last ?? ""
                )
            }
        }
        return answer.withLock { $0 }
    }

    @Test("J15: exactly three keys, and only the database makes it a failure")
    func report() async throws {
        let well = try await answer(to: "/api/health")
        #expect(well == ("200", #"{"database":"operational","redis":"operational","stripe":"operational"}"#))
        let degraded = try await answer(
            redis: { throw Away() },
            stripe: { throw HealthProblem(.unauthorized) },
            to: "/api/health"
        )
        #expect(degraded == ("200", #"{"database":"operational","redis":"unreachable","stripe":"unauthorized"}"#))
        let down = try await answer(database: { throw Away() }, to: "/api/health")
        #expect(down == ("503", #"{"database":"unreachable","redis":"operational","stripe":"operational"}"#))
    }

    @Test func `ready means that new calls are welcome, live only that there is somebody`() async throws {
        #expect(try await answer(to: "/readyz").status == "200")
        #expect(try await answer(readiness: .draining, to: "/readyz") == ("503", "draining\n"))
        #expect(try await answer(readiness: .overloaded, to: "/readyz") == ("429", "overloaded\n"))
        let down = try await answer(database: { throw Away() }, to: "/readyz")
        #expect(down == ("503", "database unreachable\n"))
        #expect(try await answer(database: { throw Away() }, readiness: .draining, to: "/livez").status == "200")
    }

    @Test("J15: a storm of questions is one probe in thirty seconds")
    func storm() async {
        let time = MovedTime()
        let asked = Atomic(0)
        let probe = HealthProbe(lifetime: 30, time: time.source) { asked.add(1, ordering: .relaxed) }
        for _ in 0..<30 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { #expect(await probe.reading().state == .operational) } }
            }
            time.advance(1)
        }
        #expect(asked.load(ordering: .relaxed) == 1)
        _ = await probe.reading()
        #expect(asked.load(ordering: .relaxed) == 2)
    }

    @Test func `a probe that hangs is slow, is not asked twice, and may recover`() async {
        let time = MovedTime()
        let asked = Atomic(0)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let probe = HealthProbe(lifetime: 1, time: time.source) {
            asked.add(1, ordering: .relaxed)
            // Not a word about cancellation: some dependencies do not hear it.
            await Task.detached { for await _ in gate { break } }.value
        }
        async let first = probe.reading()
        while time.sleeperCount == 0 { await Task.yield() }
        time.advance(1)
        #expect(await first.state == .slow)
        time.advance(60)
        #expect(await probe.reading().state == .slow)
        #expect(asked.load(ordering: .relaxed) == 1)
        open.finish()
        var state = HealthState.slow
        while state == .slow {
            state = await probe.reading().state
            time.advance(0.5)
            await Task.yield()
        }
        #expect(state == .operational)
    }

    @Test(
        "L2: the metrics endpoint is what promtool expects",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool"))
    )
    func metrics() async throws {
        let metrics = Metrics()
        metrics.observeProcess()
        var book = RouteBook()
        MetricsController(metrics: metrics).register(on: &book)
        try await TestServer.run(table: [.metrics], book: book, metrics: metrics) { port in
            for _ in 0..<2 {
                let client = try await RawClient.connect(port)
                try await client.send("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let parts = await client.textToEnd().components(separatedBy: "\r\n\r\n")
                #expect(parts[0].contains("text/plain; version=0.0.4; charset=utf-8"))
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/promtool")
                process.arguments = ["check", "metrics"]
                let (input, output) = (Pipe(), Pipe())
                process.standardInput = input
                process.standardOutput = output
                process.standardError = output
                try process.run()
                try input.fileHandleForWriting.write(contentsOf: Data(parts[1].utf8))
                try input.fileHandleForWriting.close()
                let said = try output.fileHandleForReading.readToEnd() ?? Data()
                process.waitUntilExit()
                #expect(String(decoding: said, as: UTF8.self) == "")
                #expect(process.terminationStatus == 0)
            }
        }
    }
}
