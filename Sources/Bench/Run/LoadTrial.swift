import Foundation
import NIOCore

/// Measures one number of calls at a time, each against a server process of its own, so that no figure is coloured by
/// what an earlier load left in memory.
struct LoadTrial: Sendable {
    /// What one load against the media plane showed.
    struct Plane: Sendable {
        let millisecondsPerCallSecond: Double
        let answers: DelayPercentiles?
        let clears: DelayPercentiles?
        let lateness: DelayPercentiles?
        let kilobytesPerCall: Double
        let complaints: [String]
        let framesAfterClear: Int
    }

    /// What many finished calls left behind.
    struct Growth: Sendable {
        let finishedCalls: Int
        let kilobytes: Int
        let descriptors: Int
        let sessions: Int
        let complaints: [String]
    }

    private static let warmUpCalls = 20
    private static let callsAtOnceForGrowth = 100

    let serverCores: ProcessorCores
    let eventLoops: Int
    let measured: Duration
    let eventLoop: any EventLoop

    // MARK: Many calls at once

    func mediaPlane(calls: Int) async throws -> Plane {
        try await withServer("serve") { server in
            try await warmUp(server)
            let idle = try ProcessFigures(pid: server.pid)
            let load = try await CallLoad.open(LoadPlan(port: server.port, calls: calls), on: eventLoop)
            let window = try await measure(load, of: server)
            try await load.close()
            _ = try await rest(server)
            let memory = Double(window.after.residentKilobytes - idle.residentKilobytes)
            return Plane(
                millisecondsPerCallSecond: window.millisecondsPerCallSecond(calls: calls),
                answers: DelayPercentiles(nanoseconds: window.tally.answerDelays),
                clears: DelayPercentiles(nanoseconds: window.tally.clearDelays),
                lateness: DelayPercentiles(nanoseconds: window.tally.lateness),
                kilobytesPerCall: memory / Double(calls),
                complaints: window.tally.complaints,
                framesAfterClear: window.tally.framesAfterClear
            )
        }
    }

    /// The sink's milliseconds of processor time per second of a call.
    func sink(calls: Int) async throws -> Double {
        try await withServer("sink") { server in
            let plan = LoadPlan(port: server.port, calls: calls, expectsAnswers: false)
            let load = try await CallLoad.open(plan, on: eventLoop)
            let window = try await measure(load, of: server)
            try await load.close()
            return window.millisecondsPerCallSecond(calls: calls)
        }
    }

    private struct Window {
        let before: ProcessFigures
        let after: ProcessFigures
        let seconds: Double
        let tally: Tally

        func millisecondsPerCallSecond(calls: Int) -> Double {
            (after.cpuSeconds - before.cpuSeconds) * 1_000 / seconds / Double(calls)
        }
    }

    /// Lets the load settle for as long as two turns take, and then counts.
    private func measure(_ load: CallLoad, of server: ChildServer) async throws -> Window {
        try await Task.sleep(for: .seconds(5))
        _ = try await load.takeTally()
        let before = try ProcessFigures(pid: server.pid)
        let clock = ContinuousClock()
        let began = clock.now
        try await Task.sleep(for: measured)
        let after = try ProcessFigures(pid: server.pid)
        let (seconds, attoseconds) = (clock.now - began).components
        return Window(
            before: before,
            after: after,
            seconds: Double(seconds) + Double(attoseconds) / 1e18,
            tally: try await load.takeTally()
        )
    }

    // MARK: Many calls one after the other

    func growth(finishedCalls: Int) async throws -> Growth {
        try await withServer("serve") { server in
            // The first calls fill pools and caches that stay, and are not counted.
            for _ in 0..<3 { _ = try await shortCalls(Self.callsAtOnceForGrowth, server) }
            let before = try await rest(server)
            var finished = 0
            var complaints: [String] = []
            while finished < finishedCalls {
                let calls = min(Self.callsAtOnceForGrowth, finishedCalls - finished)
                complaints += try await shortCalls(calls, server).complaints
                finished += calls
            }
            let after = try await rest(server)
            return Growth(
                finishedCalls: finished,
                kilobytes: after.residentKilobytes - before.residentKilobytes,
                descriptors: after.descriptors - before.descriptors,
                sessions: try await StatsRequest.send(port: server.port, on: eventLoop).sessions,
                complaints: complaints
            )
        }
    }

    /// Calls of three seconds: each is heard and most are answered.
    private func shortCalls(_ calls: Int, _ server: ChildServer) async throws -> Tally {
        let load = try await CallLoad.open(LoadPlan(port: server.port, calls: calls), on: eventLoop)
        try await Task.sleep(for: .seconds(3))
        let tally = try await load.takeTally()
        try await load.close()
        return tally
    }

    private func warmUp(_ server: ChildServer) async throws {
        _ = try await shortCalls(Self.warmUpCalls, server)
        _ = try await rest(server)
    }

    /// The figures once the ends of the calls have been dealt with.
    private func rest(_ server: ChildServer) async throws -> ProcessFigures {
        for _ in 0..<50 {
            if try await StatsRequest.send(port: server.port, on: eventLoop).sessions == 0 { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        try await Task.sleep(for: .seconds(1))
        return try ProcessFigures(pid: server.pid)
    }

    private func withServer<R: Sendable>(_ kind: String, _ body: (ChildServer) async throws -> R) async throws -> R {
        let server = try await ChildServer(
            [kind, "--event-loops", "\(eventLoops)", "--cores", serverCores.description]
        )
        let outcome: Result<R, any Error>
        do { outcome = .success(try await body(server)) } catch { outcome = .failure(error) }
        try await server.stop()
        return try outcome.get()
    }
}
