import Foundation
package import Kernel
package import Logging

/// Gives signs of life, and closes the legs of processes that give none.
package struct NodeWatch: Sendable {
    /// How often a sign is given; what a crash costs at most (requirement I3).
    package static let period = Duration.seconds(5)
    /// How long a process may be silent before it is held for dead.
    package static let patience = Duration.seconds(15)
    /// After a pause of ours or of the database, others get the time to give their sign before they are judged.
    private static let beatsBeforeJudging = 4

    private let lease: NodeLease
    private let desk: CallDesk
    private let time: TimeSource
    private let logger: Logger

    package init(lease: NodeLease, desk: CallDesk, time: TimeSource, logger: Logger) {
        self.lease = lease
        self.desk = desk
        self.time = time
        self.logger = logger
    }

    /// Until it is cancelled.
    package func run() async throws {
        var beats = 0
        while true {
            do {
                if try await lease.beat(desk.life, at: time.now()) {
                    beats += 1
                } else {
                    beats = 0
                    logger.critical(
                        "another process has this node's name",
                        metadata: ["node.name": "\(desk.life.node)"]
                    )
                }
                if beats >= Self.beatsBeforeJudging { try await closeTheDead() }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                beats = 0
                logger.warning("no sign of life given", metadata: ["error.type": "\(type(of: error))"])
            }
            try await time.sleep(Self.period)
        }
    }

    private func closeTheDead() async throws {
        let silentSince = time.now().addingTimeInterval(-Self.patience.seconds)
        let closed = try await desk.closeDeadNodes(silentSince: silentSince)
        if closed > 0 {
            logger.warning("legs of lost processes closed", metadata: ["legs.count": "\(closed)"])
        }
    }
}
