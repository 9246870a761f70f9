import Database
import Foundation
import Kernel
import Synchronization
import TestSupport

@testable import Audit

/// Entries of every shape, by number.
enum Sample {
    static func entry(_ number: Int, reason: String = "Grund; „mit“ \"Zeichen\"") -> AuditEntry {
        AuditEntry(
            actor: AuditActor(
                number.isMultiple(of: 2) ? .person : .system,
                number.isMultiple(of: 2) ? "00000000-0000-0000-0000-00000000000\(number % 4)" : "job:test",
                onBehalfOf: number.isMultiple(of: 5) ? "anna" : nil,
                addressPrefix: "192.0.2.0/24"
            ),
            action: number.isMultiple(of: 3) ? "flow.published" : "number.released",
            object: AuditObject(number.isMultiple(of: 3) ? "flow_version" : "number", "v\(number)"),
            before: number.isMultiple(of: 2) ? ["state": "staged"] : nil,
            after: ["state": "live", "n": .integer(Int64(number)), "list": ["ä\n\"\\", true, nil]],
            reason: reason,
            requestID: "r\(number)",
            personal: number.isMultiple(of: 3) ? nil : ["name": "Änne", "mail": .text("a\(number)@example.at")]
        )
    }

    /// Records so many entries and returns the end of the chain.
    static func record(_ count: Int, _ tenant: TenantID, _ database: TestDatabase) async throws -> AuditHead {
        try await database.app.withTenant(tenant) { transaction in
            var head = AuditHead.empty
            for number in 1...count { head = try AuditTrail.record(entry(number), in: transaction) }
            return head
        }
    }
}

/// Ends a transaction so that nothing of it remains.
private struct Undo: Error {}

extension TestDatabase {
    func verdict(_ tenant: TenantID, anchor: AuditHead? = nil) async throws -> AuditVerdict {
        try await app.withTenant(tenant) { try AuditTrail.verify(anchor: anchor, in: $0) }
    }

    /// What `change` does as a superuser would, is undone again after `body` has looked at it.
    func tampered<Result: Sendable>(
        _ change: @escaping @Sendable (Transaction) throws -> Void,
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result? {
        let seen = Shared<Result?>(nil)
        do {
            try await owner.withoutTenant { transaction in
                for statement in Self.disarm { try transaction.execute(statement) }
                try change(transaction)
                let result = try body(transaction)
                seen.update { $0 = result }
                throw Undo()
            }
        } catch is Undo {}
        return seen.value
    }

    private static let disarm: [SQL] = [
        "ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY, DISABLE TRIGGER USER",
        "ALTER TABLE audit_head DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE audit_detail DISABLE ROW LEVEL SECURITY, DISABLE TRIGGER USER",
        "ALTER TABLE audit_detail DROP CONSTRAINT audit_detail_tenant_id_seq_fkey",
        "ALTER TABLE audit_detail DROP CONSTRAINT audit_detail_sealed_or_erased",
    ]
}

/// The same throws of dice each time.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// A folder of one test's own, removed afterwards.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(
        path: "va-audit-\(UUID().uuidString)",
        directoryHint: .isDirectory
    )
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
        let result = try await body(folder)
        try FileManager.default.removeItem(at: folder)
        return result
    } catch {
        try FileManager.default.removeItem(at: folder)
        throw error
    }
}

/// A clock that jumps when somebody sleeps, and ends the sleeper after so many sleeps.
final class JumpingClock: Sendable {
    private let state: Mutex<(now: Date, left: Int, slept: [Duration])>

    init(_ start: Date, sleeps: Int) {
        state = Mutex((start, sleeps, []))
    }

    var slept: [Duration] { state.withLock { $0.slept } }

    var time: TimeSource {
        TimeSource(
            now: { self.state.withLock { $0.now } },
            sleep: { duration in
                let isOver = self.state.withLock { state in
                    state.slept.append(duration)
                    state.now += duration.seconds
                    state.left -= 1
                    return state.left <= 0
                }
                if isOver { throw CancellationError() }
            }
        )
    }
}
