import Audit
package import Database
import Foundation
package import Kernel

/// Finds the true reasons of refused requests and writes them into the platform's chain (decision 3). Runs in `work`.
package struct DenialResolver: Sendable {
    private static let batch = 200
    /// How long the rows are kept once their reason stands in the chain, in days.
    private static let keptDays = 30

    private let database: Database
    private let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// Resolves up to 200 requests, one line each. The platform's door opens only if there are any, because each
    /// opening leaves a line as well.
    /// - Returns: how many there were.
    @discardableResult
    package func resolve() async throws -> Int {
        let isAny = try await database.withoutTenant { transaction in
            try transaction.queryOne("SELECT 1 AS open FROM denied_request WHERE resolved_at IS NULL LIMIT 1") != nil
        }
        guard isAny else { return 0 }
        let now = time.now()
        return try await database.withPlatform(actor: "job:denials", reason: "reasons of denied requests") {
            transaction in
            let queries = DenialQueries(transaction: transaction)
            let denials = try queries.open(Self.batch)
            for denial in denials {
                let reason = try queries.reason(of: denial.request)
                try queries.resolve(denial, reason, at: now)
                try AuditTrail.record(denial.entry(reason), in: transaction)
            }
            try queries.forget(resolvedBefore: now.addingTimeInterval(-TimeInterval(Self.keptDays) * 86_400))
            return denials.count
        }
    }
}

/// A row of `denied_request`.
struct OpenDenial: Sendable {
    let id: UUID
    let request: DeniedRequest
    let times: Int

    func entry(_ reason: DenialReason) -> AuditEntry {
        AuditEntry(
            actor: request.person.map { AuditActor(.person, "\($0)") } ?? AuditActor(.system, "api"),
            action: "access.denied",
            object: AuditObject(request.kind.rawValue, request.object),
            after: [
                "route": .text(request.route), "times": .integer(Int64(times)),
                "tenant": request.tenant.map { .text("\($0)") } ?? .null,
                "at": .text(request.at.formatted(.iso8601)),
            ],
            reason: reason.rawValue
        )
    }
}
