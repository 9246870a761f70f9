package import Audit
package import Database
package import Foundation
package import Kernel
package import Outbox

/// How the installation stands, counted over all tenants: for the operator's status page.
package struct InstallationReading: Sendable {
    /// Seconds over which new calls are counted.
    package static let recentSeconds = 900

    private let database: Database
    private let outbox: MailOutbox
    private let time: TimeSource

    package init(_ database: Database, outbox: MailOutbox, time: TimeSource) {
        self.database = database
        self.outbox = outbox
        self.time = time
    }

    /// - Parameter today: when the reader's day began.
    package func figures(since today: Date, actor: AuditActor) async throws -> InstallationFigures {
        let recent = time.now().addingTimeInterval(-TimeInterval(Self.recentSeconds))
        return try await database.withPlatform(actor: actor.name, reason: "system status") { [outbox] transaction in
            let queries = InstallationQueries(transaction: transaction)
            let calls = try queries.calls(since: today, recent: recent)
            return InstallationFigures(
                nodes: try queries.nodes(),
                busiest: try queries.busiest(),
                runningCalls: try queries.runningCalls(),
                outcomes: calls.outcomes,
                refusedToday: calls.refused,
                recentCalls: calls.recent,
                mails: try outbox.figures(in: transaction),
                migrations: try queries.migrations()
            )
        }
    }
}

/// Numbers of one moment; nothing in it belongs to a caller.
package struct InstallationFigures: Sendable, Equatable {
    /// By name.
    package let nodes: [Node]
    /// Tenants with running calls, the one with most first; at most ten.
    package let busiest: [Busy]
    package let runningCalls: Int
    /// Today's admitted calls by outcome as the call keeps it; nil is a call that has none yet.
    package let outcomes: [String?: Int]
    /// Today's calls that were not let in.
    package let refusedToday: Int
    /// Calls of the last `InstallationReading.recentSeconds`.
    package let recentCalls: Int
    package let mails: OutboxFigures
    package let migrations: Migrations

    package init(
        nodes: [Node],
        busiest: [Busy],
        runningCalls: Int,
        outcomes: [String?: Int],
        refusedToday: Int,
        recentCalls: Int,
        mails: OutboxFigures,
        migrations: Migrations
    ) {
        self.nodes = nodes
        self.busiest = busiest
        self.runningCalls = runningCalls
        self.outcomes = outcomes
        self.refusedToday = refusedToday
        self.recentCalls = recentCalls
        self.mails = mails
        self.migrations = migrations
    }

    package var callsToday: Int { outcomes.values.reduce(0, +) }

    package struct Node: Sendable, Equatable {
        package let name: String
        /// Its last sign of life.
        package let seenAt: Date
        /// Calls that it leads, whichever of its lives began them.
        package let calls: Int

        package init(name: String, seenAt: Date, calls: Int) {
            self.name = name
            self.seenAt = seenAt
            self.calls = calls
        }
    }

    package struct Busy: Sendable, Equatable {
        package let tenant: TenantID
        package let name: String
        package let calls: Int

        package init(tenant: TenantID, name: String, calls: Int) {
            self.tenant = tenant
            self.name = name
            self.calls = calls
        }
    }

    package struct Migrations: Sendable, Equatable {
        package let count: Int
        /// The file's name; nil before the first.
        package let newest: String?
        package let appliedAt: Date?

        package init(count: Int, newest: String?, appliedAt: Date?) {
            self.count = count
            self.newest = newest
            self.appliedAt = appliedAt
        }
    }
}
