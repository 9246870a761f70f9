import Foundation
import Synchronization

/// How a cancelled task reaches the thread that works for it: a flag, and a pipe that wakes the thread out of `poll`.
///
/// Each use of a connection is a *lease* with a number of its own, so that a late cancellation cannot hit the next use.
/// Raising it neither blocks nor fails; the thread itself then asks the server to cancel the statement in flight.
final class Interrupt: Sendable {
    private struct State {
        var lease: UInt64 = 0
        var isRaised = false
    }

    private let state = Mutex(State())
    private let writeEnd: Int32
    /// Readable while the interrupt is raised; -1 if the system had no descriptors left, which costs promptness only.
    let readEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        for end in [readEnd, writeEnd] where end >= 0 { close(end) }
    }

    /// Opens a new lease; whatever was raised for the one before is forgotten.
    func newLease() -> UInt64 {
        state.withLock { state in
            if state.isRaised, readEnd >= 0 {
                var byte: UInt8 = 0
                while read(readEnd, &byte, 1) > 0 {}
            }
            state.lease += 1
            state.isRaised = false
            return state.lease
        }
    }

    func raise(lease: UInt64) {
        state.withLock { state in
            guard state.lease == lease, !state.isRaised else { return }
            state.isRaised = true
            var byte: UInt8 = 1
            if writeEnd >= 0 { _ = write(writeEnd, &byte, 1) }
        }
    }

    var isRaised: Bool { state.withLock { $0.isRaised } }
}
