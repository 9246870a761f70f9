import Foundation
package import Kernel
package import Logging

/// Gives signs of life, closes the legs of processes that give none, and fetches their callers back.
package struct NodeWatch: Sendable {
    /// How often a sign is given; what a crash costs at most (requirement I3).
    package static let period = Duration.seconds(5)
    /// How long a process may be silent before it is held for dead.
    package static let patience = Duration.seconds(15)
    /// After a pause of ours or of the database, others get the time to give their sign before they are judged.
    private static let beatsBeforeJudging = 4
    /// How often the carrier is asked for one call, and the pause before the second time; it doubles.
    private static let recalls = 4
    private static let recallPause = Duration.seconds(1)

    private let lease: NodeLease
    private let desk: CallDesk
    private let recall: CallRecall
    private let time: TimeSource
    private let logger: Logger

    package init(lease: NodeLease, desk: CallDesk, recall: CallRecall, time: TimeSource, logger: Logger) {
        self.lease = lease
        self.desk = desk
        self.recall = recall
        self.time = time
        self.logger = logger
    }

    /// Until it is cancelled.
    package func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
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
                    // Beside the heartbeat, which must not wait for the carrier.
                    let lost = beats >= Self.beatsBeforeJudging ? try await closeTheDead() : []
                    for call in lost { group.addTask { try await fetchBack(call) } }
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    beats = 0
                    logger.warning("no sign of life given", metadata: ["error.type": "\(type(of: error))"])
                }
                try await time.sleep(Self.period)
            }
        }
    }

    /// - Returns: the calls that nobody leads any more.
    private func closeTheDead() async throws -> [LostLeg] {
        let silentSince = time.now().addingTimeInterval(-Self.patience.seconds)
        let closed = try await desk.closeDeadNodes(silentSince: silentSince)
        if !closed.isEmpty {
            logger.warning("legs of lost processes closed", metadata: ["legs.count": "\(closed.count)"])
        }
        return closed.filter(\.isUnattended)
    }

    private func fetchBack(_ lost: LostLeg) async throws {
        var pause = Self.recallPause
        for _ in 1..<Self.recalls {
            if try await hasFetchedBack(lost) { return }
            try await time.sleep(pause)
            pause *= 2
        }
        if try await !hasFetchedBack(lost) { note("a lost call was not fetched back", lost) }
    }

    /// False if it may be tried again.
    private func hasFetchedBack(_ lost: LostLeg) async throws -> Bool {
        switch await recall.ask(lost.callSid) {
        case .asked: note("a call of a lost process is fetched back", lost)
        case .refused: note("the carrier does not give a lost call back", lost)
        case .unavailable: return false
        case .over:
            do {
                try await desk.settle(lost.call, .abandoned, at: lost.end)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return false
            }
        }
        return true
    }

    private func note(_ message: Logger.Message, _ lost: LostLeg) {
        logger.warning(
            message,
            metadata: ["call.sid": "\(lost.callSid)", "tenant.id": "\(lost.call.tenant)"]
        )
    }
}
