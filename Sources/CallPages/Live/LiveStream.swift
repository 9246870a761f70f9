import Calls
import Foundation
import Kernel
import ServiceLifecycle
import Site
import Tenants

/// Tells one page what happens in the tenant's calls, until its time is over.
///
/// What is stored decides which calls there are; changes that come through Redis only make it faster, and are lost
/// while it is away.
struct LiveStream: Sendable {
    /// After this the browser connects anew, so that no connection lives for ever.
    static let longest: TimeInterval = 600
    static let heartbeat: TimeInterval = 15
    /// How often it is looked whether the person may still watch.
    static let recheck: TimeInterval = 60
    /// How often what is stored is read although nothing was heard of, with Redis and without.
    static let readingWhileFollowing: TimeInterval = 15
    static let readingAlone: TimeInterval = 5
    private static let tick = Duration.seconds(1)
    private static let waiting = 512

    /// Where the calls come from.
    struct Source: Sendable {
        let isFollowing: @Sendable () -> Bool
        let running: @Sendable () async throws -> [RunningCall]
        let messages: @Sendable () -> AsyncStream<String>
    }

    private enum Signal: Sendable {
        case change(LiveChange)
        case tick
        case shutdown
    }

    let visit: TenantVisit
    let source: Source
    let time: TimeSource
    /// Whether the person's session is still good for watching.
    let mayStay: @Sendable () async -> Bool

    /// - Throws: what `send` throws; the far end is gone then.
    func run(_ send: (LiveMessage) async throws -> Void) async throws {
        let (signals, input) = AsyncStream.makeStream(
            of: Signal.self,
            bufferingPolicy: .bufferingNewest(Self.waiting)
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            let source = source
            let time = time
            group.addTask {
                for await message in source.messages() {
                    if let change = LiveChange(message: message) { input.yield(.change(change)) }
                }
            }
            group.addTask {
                while true {
                    try await time.sleep(Self.tick)
                    input.yield(.tick)
                }
            }
            group.addTask {
                try await gracefulShutdown()
                input.yield(.shutdown)
            }
            var course = LiveCourse(visit: visit, source: source, begunAt: time.now())
            try await send(.retry(2_000))
            try await course.look(at: time.now(), send)
            for await signal in signals {
                switch signal {
                case .change(let change): try await course.take(change, at: time.now(), send)
                case .shutdown: return
                case .tick:
                    let now = time.now()
                    if course.isOver(at: now) { return }
                    if course.isToBeChecked(at: now), await !mayStay() {
                        return try await send(.end(.signedOut))
                    }
                    try await course.look(at: now, send)
                }
            }
        }
    }
}

/// Where a stream stands.
private struct LiveCourse {
    let visit: TenantVisit
    let source: LiveStream.Source
    let begunAt: Date
    private var board = LiveBoard()
    private var ids: [CallID]?
    private var mode: LiveMessage.Mode?
    private var readAt: Date?
    private var sentAt: Date
    private var checkedAt: Date

    init(visit: TenantVisit, source: LiveStream.Source, begunAt: Date) {
        self.visit = visit
        self.source = source
        self.begunAt = begunAt
        sentAt = begunAt
        checkedAt = begunAt
    }

    func isOver(at now: Date) -> Bool { now.timeIntervalSince(begunAt) >= LiveStream.longest }

    mutating func isToBeChecked(at now: Date) -> Bool {
        guard now.timeIntervalSince(checkedAt) >= LiveStream.recheck else { return false }
        checkedAt = now
        return true
    }

    mutating func take(
        _ change: LiveChange,
        at now: Date,
        _ send: (LiveMessage) async throws -> Void
    ) async throws {
        guard let id = board.apply(change) else { return }
        try await tell([id], at: now, send)
    }

    /// Reads what is stored if it is time to, and keeps the connection.
    mutating func look(at now: Date, _ send: (LiveMessage) async throws -> Void) async throws {
        let isFollowing = source.isFollowing()
        let period = isFollowing ? LiveStream.readingWhileFollowing : LiveStream.readingAlone
        if board.needsReading || readAt.map({ now.timeIntervalSince($0) >= period }) ?? true {
            readAt = now
            try await read(isFollowing, at: now, send)
        }
        if now.timeIntervalSince(sentAt) >= LiveStream.heartbeat {
            sentAt = now
            try await send(.heartbeat)
        }
    }

    private mutating func read(
        _ isFollowing: Bool,
        at now: Date,
        _ send: (LiveMessage) async throws -> Void
    ) async throws {
        let running: [RunningCall]
        do {
            running = try await source.running()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return try await say(.unavailable, at: now, send)
        }
        try await say(isFollowing ? .following : .polling, at: now, send)
        let changed = board.read(running).changed
        let present = board.entries.map(\.line.id)
        if present != ids {
            ids = present
            sentAt = now
            try await send(
                .calls(present.map(\.description), count: LiveModel.count(visit, present.count))
            )
        }
        try await tell(changed, at: now, send)
    }

    private mutating func tell(
        _ changed: [CallID],
        at now: Date,
        _ send: (LiveMessage) async throws -> Void
    ) async throws {
        for entry in board.entries where changed.contains(entry.line.id) {
            sentAt = now
            try await send(.call(LiveCallView(visit, entry, at: now)))
        }
    }

    private mutating func say(
        _ now: LiveMessage.Mode,
        at instant: Date,
        _ send: (LiveMessage) async throws -> Void
    ) async throws {
        guard mode != now else { return }
        mode = now
        sentAt = instant
        try await send(.mode(now))
    }
}
