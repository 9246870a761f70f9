import Calls
import NIOCore
import Synchronization

/// The way from a call to its socket: commands from any thread, performed in their order on the event loop.
///
/// On the event loop itself a command is performed at once, so that a `clear` leaves with the very read that caused it.
/// Elsewhere it waits for the loop's next turn; at most `limit` bytes of sound wait, more closes the socket.
final class SocketLine: MediaLine {
    private struct Queue {
        var commands: [LineCommand] = []
        var bytes = 0
        var isWoken = false
        var hasOverflowed = false
        var isOver = false
    }

    private let eventLoop: any EventLoop
    private let handler: NIOLoopBound<MediaSocketHandler>
    private let limit: Int
    private let queue = Mutex(Queue())

    /// Made on the event loop.
    init(handler: MediaSocketHandler, eventLoop: any EventLoop, limit: Int) {
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
        self.eventLoop = eventLoop
        self.limit = limit
    }

    func send(_ command: LineCommand) {
        let isOnLoop = eventLoop.inEventLoop
        let wakes = queue.withLock { queue in
            guard !queue.hasOverflowed, !queue.isOver else { return false }
            queue.bytes += command.weight
            guard queue.bytes <= limit else {
                queue.hasOverflowed = true
                queue.commands = []
                return !queue.isWoken
            }
            queue.commands.append(command)
            defer { queue.isWoken = !isOnLoop }
            return !queue.isWoken
        }
        if isOnLoop {
            perform()
        } else if wakes {
            eventLoop.execute { self.perform() }
        }
    }

    /// The stream is over: what a call still says on its way out goes nowhere, and no longer to an event loop that may
    /// be gone by then.
    func end() {
        queue.withLock { queue in
            queue.isOver = true
            queue.commands = []
        }
    }

    private func perform() {
        let (commands, hasOverflowed) = queue.withLock { queue in
            defer {
                queue.commands = []
                queue.bytes = 0
                queue.isWoken = false
            }
            return (queue.commands, queue.hasOverflowed)
        }
        if hasOverflowed {
            handler.value.outboundOverflowed()
        } else if !commands.isEmpty {
            handler.value.perform(commands)
        }
    }
}

extension LineCommand {
    /// What it takes in memory while it waits, roughly.
    fileprivate var weight: Int {
        switch self {
        case .play(let audio, _): audio.count + 64
        case .mark, .clear, .alarm, .cancelAlarm, .close: 64
        }
    }
}
