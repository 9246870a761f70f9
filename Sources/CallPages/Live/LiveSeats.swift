import Kernel
import Synchronization

/// How many streams each person has open on this node, so that one cannot hold all of its connections.
package final class LiveSeats: Sendable {
    package static let each = 4

    private let taken = Mutex<[PersonID: Int]>([:])

    package init() {}

    /// Whether there was one; then it must be given back.
    func take(_ person: PersonID) -> Bool {
        taken.withLock { taken in
            let count = taken[person] ?? 0
            guard count < Self.each else { return false }
            taken[person] = count + 1
            return true
        }
    }

    func giveBack(_ person: PersonID) {
        taken.withLock { taken in
            let count = (taken[person] ?? 1) - 1
            taken[person] = count > 0 ? count : nil
        }
    }
}
