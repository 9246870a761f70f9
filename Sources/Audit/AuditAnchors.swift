package import Database
package import Foundation
package import Kernel

/// Takes the ends of all chains once an hour and keeps them outside the database (requirement G4), so that a cut or
/// rewritten chain shows even if its head was rewritten with it.
package struct AuditAnchors: Sendable {
    package enum Event: Sendable {
        /// The heads of so many chains were written.
        case anchored(chains: Int)
        /// Nothing was written; it is tried again after a minute.
        case failed(any Error)
    }

    private static let pauseAfterFailure = Duration.seconds(60)
    private static let hour = 3_600.0

    private let database: Database
    private let folder: AuditAnchorFolder
    private let key: AuditAnchorKey
    private let time: TimeSource

    package init(_ database: Database, folder: URL, key: AuditAnchorKey, time: TimeSource) {
        self.database = database
        self.folder = AuditAnchorFolder(folder)
        self.key = key
        self.time = time
    }

    /// Until it is cancelled: at once if this hour has no anchors yet, then at every full hour.
    ///
    /// Any number of processes may do so with one folder; whoever comes first does the hour's work.
    package func run(_ note: @Sendable (Event) -> Void) async throws {
        while true {
            do {
                if try await !isHourDone() { note(.anchored(chains: try await anchor().chains)) }
                try await time.sleep(.seconds(untilFullHour))
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                note(.failed(error))
                try await time.sleep(Self.pauseAfterFailure)
            }
        }
    }

    /// Takes the heads now.
    /// - Returns: the file they are in, and of how many chains.
    @discardableResult
    package func anchor(
        actor: String = "job:audit-anchor",
        reason: String = "hourly anchor of all audit chains"
    ) async throws -> (file: URL, chains: Int) {
        let door = AuditDoor(database: database, chain: .platform, actor: actor, reason: reason)
        let heads = try await door.open { try $0.allHeads() }
        let (folder, key, at) = (folder, key, AuditTime.text(time.now()))
        return try await FileThread.run {
            var previous = try folder.lastHash()
            let anchors = try heads.map { chain, head in
                let anchor = try AuditAnchor(
                    chain: chain.name,
                    head: head,
                    time: at,
                    previous: previous,
                    signedBy: key
                )
                previous = anchor.lineHash
                return anchor
            }
            return (try folder.write(anchors, at: at), anchors.count)
        }
    }

    private func isHourDone() async throws -> Bool {
        let (folder, at) = (folder, AuditTime.text(time.now()))
        return try await FileThread.run { try folder.hasAnchors(inHourOf: at) }
    }

    /// A second into the hour, so that rounding leads to no look too early.
    private var untilFullHour: Double {
        let now = time.now().timeIntervalSince1970
        return Self.hour - now.truncatingRemainder(dividingBy: Self.hour) + 1
    }
}

/// Storage may be slow, and the threads of tasks must not wait for it.
private enum FileThread {
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }
}
