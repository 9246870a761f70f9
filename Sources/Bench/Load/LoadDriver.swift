import NIOCore
import NIOPosix

/// Drives all callers of a load on one event loop: connects them, and sends each one's frame every 20 ms, the callers
/// spread evenly over these 20 ms.
final class LoadDriver {
    private static let frame = Int64(CallerScript.frameMs) * 1_000_000
    private static let connectTimeout = TimeAmount.seconds(10)

    private let eventLoop: any EventLoop
    private let plan: LoadPlan
    private let sounds = CallerSounds()
    private let book = TallyBook()
    private var callers: [CallerHandler] = []
    private var ends: [EventLoopFuture<Void>] = []
    private var ticking: RepeatedTask?
    private var startedAt: Int64 = 0
    /// How many frames of all callers have been sent since the start.
    private var sent: Int64 = 0

    init(plan: LoadPlan, eventLoop: any EventLoop) {
        self.plan = plan
        self.eventLoop = eventLoop
    }

    // MARK: Beginning

    /// Connects every caller and completes when all WebSockets are open.
    func connect() -> EventLoopFuture<Void> {
        let openings = (0..<plan.calls).map { call in
            let delay = TimeAmount.nanoseconds(Int64(call) * 1_000_000_000 / Int64(plan.connectsPerSecond))
            let bound = NIOLoopBound(self, eventLoop: eventLoop)
            return eventLoop.flatScheduleTask(in: delay) { bound.value.connect(call) }.futureResult
        }
        return EventLoopFuture.andAllSucceed(openings, on: eventLoop)
    }

    private func connect(_ call: Int) -> EventLoopFuture<Void> {
        let opened = eventLoop.makePromise(of: Void.self)
        let closed = eventLoop.makePromise(of: Void.self)
        ends.append(closed.futureResult)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 32 * 1_024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let driver = bound.value
                    let caller = CallerHandler(
                        call: call,
                        plan: driver.plan,
                        sounds: driver.sounds,
                        book: driver.book,
                        opened: opened,
                        closed: closed
                    )
                    driver.callers.append(caller)
                    try channel.pipeline.syncOperations.addHandler(caller)
                }
            }
            .connect(host: "127.0.0.1", port: plan.port)
            .whenFailure { error in
                opened.fail(error)
                closed.succeed()
            }
        return opened.futureResult
    }

    // MARK: Talking

    func startTalking() {
        startedAt = Int64(NIODeadline.now().uptimeNanoseconds)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .microseconds(500)) { _ in
            bound.value.tick()
        }
    }

    private func tick() {
        let now = Int64(NIODeadline.now().uptimeNanoseconds)
        let count = Int64(callers.count)
        var oldest: Int64?
        while true {
            let due = startedAt + sent / count * Self.frame + sent % count * Self.frame / count
            guard due <= now else { break }
            oldest = oldest ?? due
            callers[Int(sent % count)].sendFrame(at: Int64(NIODeadline.now().uptimeNanoseconds))
            sent += 1
        }
        if let oldest { book.tally.lateness.append(now - oldest) }
    }

    /// Begins a new count and returns the one before.
    func takeTally() -> Tally {
        defer { book.tally = Tally() }
        return book.tally
    }

    // MARK: The end

    /// Ends every call as a caller who hangs up does, and completes when the server has closed all connections, or
    /// after three seconds, when those that are left are cut off.
    func stop() -> EventLoopFuture<Void> {
        ticking?.cancel()
        for caller in callers { caller.stop() }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let cutOff = eventLoop.scheduleTask(in: .seconds(3)) {
            for caller in bound.value.callers { caller.abandon() }
        }
        return EventLoopFuture.andAllComplete(ends, on: eventLoop).always { _ in cutOff.cancel() }
    }
}
