import Foundation
import Kernel
import Synchronization

/// A clock that jumps whenever somebody sleeps, and after so many sleeps ends them by cancellation.
final class SteppingClock: Sendable {
    private struct State {
        var now: Date
        var slept: [Duration] = []
    }

    private let steps: Int
    private let state: Mutex<State>

    init(start: Date, steps: Int) {
        self.steps = steps
        state = Mutex(State(now: start))
    }

    var slept: [Duration] { state.withLock { $0.slept } }

    var time: TimeSource {
        TimeSource(
            now: { self.state.withLock { $0.now } },
            sleep: { duration in
                let isOver = self.state.withLock { state in
                    state.slept.append(duration)
                    state.now += duration.seconds
                    return state.slept.count >= self.steps
                }
                if isOver { throw CancellationError() }
            }
        )
    }
}
