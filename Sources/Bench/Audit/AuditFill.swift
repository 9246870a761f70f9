import Audit
import Database
import Kernel
import Logging
import Telemetry

/// Appends entries to a tenant's chain as the product does, many in each transaction.
struct AuditFill: Sendable {
    /// More would not be quicker: within a transaction every entry leaves another version of the chain's head behind.
    private static let batch = 200

    let tenant: TenantID
    let entries: Int

    func run(_ url: Secret) async throws {
        let database = Database(
            DatabaseConfiguration(url: url, poolSize: 1),
            logger: Logger(label: "bench") { StreamLogHandler.standardError(label: $0) },
            metrics: Metrics(),
            platformDoor: .audited,
            // These entries have no personal details.
            seals: .none
        )
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await fill(database)) } catch { outcome = .failure(error) }
        try await database.shutdown()
        try outcome.get()
    }

    private func fill(_ database: Database) async throws {
        var done = 0
        while done < entries {
            let range = done..<min(done + Self.batch, entries)
            try await database.withTenant(tenant) { transaction in
                for number in range { try AuditTrail.record(Self.entry(number), in: transaction) }
            }
            done = range.upperBound
            if done % 50_000 == 0 { Progress.tell("\(done) of \(entries) entries") }
        }
    }

    /// An act as they are most often: somebody of the tenant changed something, and this is what differs.
    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            actor: AuditActor(
                .person,
                "00000000-0000-4000-8000-0000000000\(10 + number % 90)",
                addressPrefix: "192.0.2.0/24"
            ),
            action: number % 3 == 0 ? "flow.published" : "number.flow_changed",
            object: AuditObject(number % 3 == 0 ? "flow_version" : "number", "\(number)"),
            before: ["flow": "Empfang", "version": .integer(Int64(number))],
            after: ["flow": "Werkstatt", "version": .integer(Int64(number + 1))],
            requestID: "bench-\(number)"
        )
    }
}
