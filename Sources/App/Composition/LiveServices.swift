import Calls
import Kernel
import Logging
import RedisStore
import ServiceLifecycle

/// How running calls are watched and steered from a page: what they say of themselves, and the way back to them.
struct LiveServices: Sendable {
    let announcer: LiveAnnouncer
    let commands: LiveCommands
    let watch: LiveWatch
    private let nodeName: String
    private let logger: Logger

    init(redis: Redis, reading: CallReading, nodeName: String, logger: Logger, time: TimeSource) {
        announcer = LiveAnnouncer(redis: redis)
        commands = LiveCommands(redis: redis, time: time)
        watch = LiveWatch(redis: redis, reading: reading)
        self.nodeName = nodeName
        self.logger = logger
    }

    /// Runs as long as calls run.
    func services(for sessions: CallSessions) -> [any Service] {
        [
            ServiceTask { [announcer] in try await announcer.run() },
            ServiceTask { [commands, nodeName, logger] in
                await commands.listen(as: nodeName, logger: logger) { sessions.tell($0.value, $1) }
            },
        ]
    }
}
