import Calls
import Kernel
import Logging
import ServiceLifecycle
import Synchronization
import Web

/// Lets a process go without ending a call: no new calls from the moment it is asked to stop, and the rest of the
/// process waits for the running ones and for those whose next request comes to its address (requirement J4).
final class Drain: Service {
    /// How long running calls may take to end by themselves.
    static let limit = Duration.seconds(3_600)
    private static let look = Duration.milliseconds(200)

    /// How long after its stream a call's own next request is waited for.
    private static let linger = Duration.seconds(2)

    private let sessions: CallSessions
    private let memory: CallMemory
    private let time: TimeSource
    private let logger: Logger
    private let draining = Atomic<Bool>(false)

    init(sessions: CallSessions, memory: CallMemory, time: TimeSource, logger: Logger) {
        self.sessions = sessions
        self.memory = memory
        self.time = time
        self.logger = logger
    }

    var readiness: Readiness { draining.load(ordering: .relaxed) ? .draining : .ready }

    func run() async throws {
        try await gracefulShutdown()
        draining.store(true, ordering: .relaxed)
        logger.notice("draining", metadata: ["calls.active": "\(sessions.count)"])
        var waited = Duration.zero
        var quiet = isNeeded ? Duration.zero : Self.linger
        while quiet < Self.linger, waited < Self.limit {
            try await time.sleep(Self.look)
            waited += Self.look
            quiet = isNeeded ? .zero : quiet + Self.look
        }
    }

    private var isNeeded: Bool { sessions.count > 0 || memory.awaited(at: time.now()) > 0 }
}
