import DequeModule
import Kernel
import Logging
import NIOPosix
import Synchronization
import Telemetry

/// A fixed number of connections, each with a thread to block on. The cooperative threads only ever suspend.
///
/// Whoever finds no free connection waits in the order of arrival; `maximumWaiting` bounds the queue and
/// `acquireTimeout` the wait.
final class ConnectionPool: Sendable {
    private struct State {
        var idle: [ConnectionSlot]
        var waiting = Deque<Waiter>()
        var nextWaiter = 0
        var isShutDown = false
    }

    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<ConnectionSlot, any Error>
    }

    private let slots: [ConnectionSlot]
    private let threads: NIOThreadPool
    private let state: Mutex<State>
    private let configuration: DatabaseConfiguration
    private let metrics: DatabaseMetrics

    init(
        url: Secret,
        size: Int,
        configuration: DatabaseConfiguration,
        seals: TenantSeals,
        metrics: DatabaseMetrics,
        logger: Logger
    ) {
        let limits = PostgresConnection.Limits(
            connectTimeout: configuration.connectTimeout,
            statementTimeout: configuration.statementTimeout
        )
        slots = (0..<size).map { _ in
            ConnectionSlot(url: url, limits: limits, seals: seals, metrics: metrics, logger: logger)
        }
        state = Mutex(State(idle: slots))
        threads = NIOThreadPool(numberOfThreads: size)
        threads.start()
        self.configuration = configuration
        self.metrics = metrics
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    func transaction<Result: Sendable>(
        tenant: TenantID?,
        statements: StatementWatch,
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        let slot = try await acquire()
        let lease = slot.interrupt.newLease()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                threads.submit { [self] workItem in
                    let result = Swift.Result {
                        guard case .active = workItem else { throw DatabaseError.unavailable(.shutDown) }
                        return try slot.transaction(tenant: tenant, statements: statements, body)
                    }
                    release(slot)
                    continuation.resume(with: result)
                }
            }
        } onCancel: {
            slot.interrupt.raise(lease: lease)
        }
    }

    /// Refuses new work, lets running transactions end and closes the connections.
    func shutdown() async throws {
        let waiting = state.withLock { state in
            state.isShutDown = true
            let waiting = state.waiting
            state.waiting = []
            return waiting
        }
        for waiter in waiting { waiter.continuation.resume(throwing: DatabaseError.unavailable(.shutDown)) }
        try await threads.shutdownGracefully()
        for slot in slots { slot.close() }
    }
}

// MARK: - Acquiring

extension ConnectionPool {
    private enum Immediate {
        case slot(ConnectionSlot)
        case wait
        case refused(Unavailability)
    }

    private func acquire() async throws -> ConnectionSlot {
        try Task.checkCancellation()
        let immediate: Immediate = state.withLock { state in
            if state.isShutDown { return .refused(.shutDown) }
            if let slot = state.idle.popLast() { return .slot(slot) }
            return state.waiting.count < configuration.maximumWaiting ? .wait : .refused(.poolExhausted)
        }
        let began = ContinuousClock.now
        do {
            let slot =
                switch immediate {
                case .slot(let slot): slot
                case .wait: try await waitWithTimeout()
                case .refused(let reason): throw DatabaseError.unavailable(reason)
                }
            metrics.wait.observe((.now - began).seconds)
            metrics.inUse.add(1)
            return slot
        } catch {
            metrics.refusedWaits.increment()
            throw error
        }
    }

    private func waitWithTimeout() async throws -> ConnectionSlot {
        try await withThrowingTaskGroup(of: ConnectionSlot?.self) { group in
            group.addTask { try await self.waitInLine() }
            group.addTask { [configuration] in
                try await configuration.sleep(configuration.acquireTimeout)
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // A connection may have been granted in the very moment the time ran out: it must not be lost.
            while let late = await group.nextResult() {
                if case .success(let slot?) = late { return slot }
            }
            throw DatabaseError.unavailable(.acquireTimeout)
        }
    }

    private func waitInLine() async throws -> ConnectionSlot {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<ConnectionSlot, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isShutDown { return .failure(DatabaseError.unavailable(.shutDown)) }
                    if let slot = state.idle.popLast() { return .success(slot) }
                    state.waiting.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiting.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func release(_ slot: ConnectionSlot) {
        metrics.inUse.add(-1)
        let next = state.withLock { state -> Waiter? in
            if let waiter = state.waiting.popFirst() { return waiter }
            state.idle.append(slot)
            return nil
        }
        next?.continuation.resume(returning: slot)
    }
}
