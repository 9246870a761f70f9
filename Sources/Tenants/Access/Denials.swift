package import Database
import Foundation
package import Kernel
package import Logging
import Synchronization
package import Telemetry

/// Remembers refused requests for whoever looks for their reason, at no cost to the request: a bounded queue in memory
/// in which equal ones are counted together, written every few seconds.
///
/// What does not fit is counted and forgotten; so is what a process that dies had not written. The answer the visitor got
/// does not depend on it.
package final class Denials: Sendable {
    package static let capacity = 1_000
    private static let pause = Duration.seconds(5)
    /// One statement each, so a flush stays short.
    private static let batch = 100

    private struct Key: Hashable {
        let person: PersonID?
        let tenant: TenantID?
        let route: String
        let kind: DeniedRequest.ObjectKind
        let object: String
    }

    private struct Entry: Sendable {
        let request: DeniedRequest
        var times: Int
    }

    private let database: Database
    private let time: TimeSource
    private let logger: Logger
    private let entries = Mutex<[Key: Entry]>([:])
    private let noted: Counter
    private let dropped: Counter

    package init(_ database: Database, time: TimeSource, logger: Logger, metrics: Metrics) {
        self.database = database
        self.time = time
        self.logger = logger
        func counter(_ outcome: String) -> Counter {
            metrics.counter(
                "voiceagent_denied_requests_total",
                help: "Requests that were answered as not visible, and whether there was room to look for the reason.",
                labels: [("outcome", outcome)]
            )
        }
        noted = counter("noted")
        dropped = counter("dropped")
    }

    /// Never waits and never fails.
    package func note(_ request: DeniedRequest) {
        let key = Key(
            person: request.person,
            tenant: request.tenant,
            route: request.route,
            kind: request.kind,
            object: request.object
        )
        let hasRoom = entries.withLock { entries in
            if entries[key] != nil {
                entries[key]?.times += 1
                return true
            }
            guard entries.count < Self.capacity else { return false }
            entries[key] = Entry(request: request, times: 1)
            return true
        }
        (hasRoom ? noted : dropped).increment()
    }

    /// How many wait to be written.
    package var waiting: Int { entries.withLock { $0.count } }

    /// Writes every few seconds until it is cancelled. What waits then is for `flush()`, which the process calls when
    /// it has answered its last request.
    package func run() async {
        while !Task.isCancelled {
            do {
                try await time.sleep(Self.pause)
                try await flush()
            } catch is CancellationError {
                return
            } catch {
                logger.warning("denied requests wait", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Writes what waits. What cannot be written goes on waiting.
    package func flush() async throws {
        while true {
            let taken = entries.withLock { entries in
                let keys = Array(entries.keys.prefix(Self.batch))
                return keys.compactMap { key in entries.removeValue(forKey: key).map { (key, $0) } }
            }
            guard !taken.isEmpty else { return }
            do {
                try await write(taken.map(\.1))
            } catch {
                putBack(taken)
                throw error
            }
        }
    }

    private func write(_ entries: [Entry]) async throws {
        try await database.withoutTenant { transaction in
            for entry in entries {
                try transaction.execute(
                    """
                    INSERT INTO denied_request (at, person_id, asked_tenant, route, object_kind, object_id, times)
                    VALUES (\(entry.request.at), \(entry.request.person), \(entry.request.tenant),
                        \(entry.request.route), \(entry.request.kind.rawValue), \(entry.request.object),
                        \(entry.times))
                    """
                )
            }
        }
    }

    private func putBack(_ taken: [(Key, Entry)]) {
        let lost = entries.withLock { entries in
            taken.reduce(0) { lost, pair in
                if entries[pair.0] != nil {
                    entries[pair.0]?.times += pair.1.times
                } else if entries.count < Self.capacity {
                    entries[pair.0] = pair.1
                } else {
                    return lost + 1
                }
                return lost
            }
        }
        dropped.increment(by: lost)
    }
}
