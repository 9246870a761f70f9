import Database
import Foundation
package import Kernel
package import Logging
package import RedisStore
import Synchronization
package import Telemetry

/// What running calls want written down, waiting in memory until it is stored (decision 13).
///
/// Facts of one session are written in their order, those of several sessions at the same time. While PostgreSQL is away
/// they wait and are tried again; writing one twice is writing it once, so that none is lost or doubled by an outage.
/// What no repetition can store is dropped, counted and logged.
///
/// Bounded: beyond `capacity` facts, turns, states and provider usage are dropped; what money or the caller's way on
/// hangs on is taken up to twice as many. A state that waits is replaced by the next one of its session.
package final class FactQueue: Sendable {
    private struct Line {
        var facts: [SessionFact] = []
        /// How many at the front are being written and must stay as they are.
        var inFlight = 0
    }

    private struct Contents {
        var lines: [SessionKey: Line] = [:]
        var count = 0
        var waiters: [Int: (session: SessionKey?, continuation: CheckedContinuation<Void, Never>)] = [:]
        var lastWaiter = 0

        func isStored(_ session: SessionKey?) -> Bool {
            if let session { lines[session] == nil } else { lines.isEmpty }
        }
    }

    private static let parallelSessions = 4
    private static let batch = 64
    private static let liveCopyLifetime = Duration.seconds(3_600)

    private let desk: CallDesk
    private let live: LiveCalls?
    private let capacity: Int
    private let time: TimeSource
    private let logger: Logger
    private let waiting: Gauge
    private let dropped: Counter
    private let contents = Mutex(Contents())
    /// Sessions with facts to write. Each is in here at most once, so that its length is bounded by `capacity`.
    private let ready: AsyncStream<SessionKey>
    private let readiness: AsyncStream<SessionKey>.Continuation

    /// - Parameter live: where the newest state of each call is copied to for others to look at; losing it loses
    ///   nothing.
    package init(
        _ desk: CallDesk,
        live: LiveCalls? = nil,
        capacity: Int = 20_000,
        time: TimeSource,
        logger: Logger,
        metrics: Metrics
    ) {
        self.desk = desk
        self.live = live
        self.capacity = capacity
        self.time = time
        self.logger = logger
        waiting = metrics.gauge("voiceagent_facts_waiting", help: "Facts of calls that are not stored yet.")
        dropped = metrics.counter(
            "voiceagent_facts_dropped_total",
            help: "Facts of calls that were not stored, because too many waited or no repetition could help."
        )
        (ready, readiness) = AsyncStream.makeStream(of: SessionKey.self, bufferingPolicy: .unbounded)
    }

    /// Writes until it is cancelled. Facts may be given to it before and after.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await session in ready {
                if running == Self.parallelSessions {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await self.write(session) }
            }
        }
    }

    /// Waits until everything is stored, for `limit` at most; false if it is not by then.
    package func drain(within limit: Duration) async -> Bool { await wait(for: nil, within: limit) }

    // MARK: For sessions

    func write(_ fact: SessionFact, of session: SessionKey) {
        let (isNew, isDropped) = contents.withLock { contents -> (Bool, Bool) in
            var line = contents.lines[session] ?? Line()
            let isNew = line.facts.isEmpty
            if case .state = fact, let older = line.facts.lastIndex(where: \.isState), older >= line.inFlight {
                // In its old place, so that nothing after it comes before it.
                line.facts[older] = fact
                contents.lines[session] = line
                return (false, false)
            }
            let room = fact.mustNotBeLost ? 2 * capacity : capacity
            guard contents.count < room else { return (false, true) }
            line.facts.append(fact)
            contents.lines[session] = line
            contents.count += 1
            waiting.set(Double(contents.count))
            return (isNew, false)
        }
        if isDropped { dropped.increment() }
        if isNew { readiness.yield(session) }
    }

    /// The newest intent of a call that is not stored yet.
    func intent(of call: CallReference) -> CallIntent? {
        contents.withLock { contents in
            for (session, line) in contents.lines where session.call == call {
                for fact in line.facts.reversed() {
                    if case .intent(let intent) = fact { return intent }
                }
            }
            return nil
        }
    }

    /// Waits until what the session has written so far is stored, for `limit` at most.
    func flush(_ session: SessionKey, within limit: Duration) async -> Bool { await wait(for: session, within: limit) }

    // MARK: Writing

    private func write(_ session: SessionKey) async {
        let facts = contents.withLock { contents -> [SessionFact] in
            let facts = Array(contents.lines[session]?.facts.prefix(Self.batch) ?? [])
            contents.lines[session]?.inFlight = facts.count
            return facts
        }
        guard !facts.isEmpty else { return }
        do {
            try await store(facts, of: session)
            finish(session, facts.count)
            await copy(facts, of: session)
        } catch {
            // Unreachable or overloaded: the same facts once more, a little later.
            contents.withLock { $0.lines[session]?.inFlight = 0 }
            do {
                try await time.sleep(.milliseconds(Int.random(in: 200...1_000)))
                readiness.yield(session)
            } catch {
                // The process ends; what waits is lost with it, in the customer's favour.
            }
        }
    }

    /// Throws only what may be tried again.
    private func store(_ facts: [SessionFact], of session: SessionKey) async throws {
        do {
            try await desk.write(facts, of: session)
        } catch let error where Self.isRetryable(error) {
            throw error
        } catch {
            guard facts.count > 1 else {
                dropped.increment()
                logger.error(
                    "a fact of a call cannot be stored",
                    metadata: [
                        "tenant.id": "\(session.call.tenant)", "call.id": "\(session.call.id)",
                        "error.type": "\(type(of: error))",
                    ]
                )
                return
            }
            // One of them is the cause; the others are stored.
            for fact in facts { try await store([fact], of: session) }
        }
    }

    private static func isRetryable(_ error: any Error) -> Bool {
        error is CancellationError || (error as? DatabaseError)?.isRetryable == true
    }

    private func finish(_ session: SessionKey, _ count: Int) {
        let (goesOn, released) = contents.withLock { contents -> (Bool, [CheckedContinuation<Void, Never>]) in
            guard var line = contents.lines[session] else { return (false, []) }
            line.facts.removeFirst(min(count, line.facts.count))
            line.inFlight = 0
            contents.count -= count
            waiting.set(Double(contents.count))
            let goesOn = !line.facts.isEmpty
            contents.lines[session] = goesOn ? line : nil
            var released: [CheckedContinuation<Void, Never>] = []
            for (id, waiter) in contents.waiters where contents.isStored(waiter.session) {
                released.append(waiter.continuation)
                contents.waiters[id] = nil
            }
            return (goesOn, released)
        }
        for continuation in released { continuation.resume() }
        if goesOn { readiness.yield(session) }
    }

    private func copy(_ facts: [SessionFact], of session: SessionKey) async {
        guard let live, case .state(let state)? = facts.last(where: \.isState) else { return }
        do {
            let json = try JSONText(encoding: state).text
            try await live.put(json, call: session.call.id, of: session.call.tenant, lifetime: Self.liveCopyLifetime)
        } catch {
            // Redis is away; its client counts and logs that. The state itself is stored.
        }
    }

    // MARK: Waiting

    private func wait(for session: SessionKey?, within limit: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.waitUntilStored(session)
                return !Task.isCancelled
            }
            group.addTask { [time] in
                do { try await time.sleep(limit) } catch { return false }
                return false
            }
            let isStored = await group.next() ?? false
            group.cancelAll()
            return isStored || contents.withLock { $0.isStored(session) }
        }
    }

    private func waitUntilStored(_ session: SessionKey?) async {
        let id = contents.withLock { contents -> Int in
            contents.lastWaiter += 1
            return contents.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = contents.withLock { contents -> Bool in
                    if Task.isCancelled || contents.isStored(session) { return true }
                    contents.waiters[id] = (session, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            contents.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }
}

extension SessionFact {
    fileprivate var isState: Bool { if case .state = self { true } else { false } }
}
