import Credentials
import Database
import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@Suite("A3 the tenants' people, keys and accesses stay apart")
struct MemberIsolationTests {
    /// Rows of other tenants that a transaction of `tenant` sees in the new tables.
    @Sendable private static func foreignRows(_ transaction: Transaction, _ tenant: TenantID) throws -> Int {
        let row = try transaction.queryOne(
            """
            SELECT (SELECT count(*) FROM membership WHERE tenant_id <> \(tenant))
                + (SELECT count(*) FROM invitation WHERE tenant_id <> \(tenant))
                + (SELECT count(*) FROM api_key WHERE tenant_id <> \(tenant))
                + (SELECT count(*) FROM support_access WHERE tenant_id <> \(tenant))
                + (SELECT count(*) FROM api_idempotency WHERE tenant_id <> \(tenant)) AS foreign_rows,
                (SELECT count(*) FROM membership) AS members
            """
        )
        guard let row, try row.get("members", as: Int.self) == 1 else { return 1 }
        return try row.get("foreign_rows")
    }

    @Test("1,000 mixed acts of tenants in parallel on a pool of 8 see no foreign row")
    func interleaved() async throws {
        try await withTestDatabase(poolSize: 8) { database in
            let fixture = try TenantsFixture(database)
            var made: [(tenant: TenantID, owner: MemberFixture, key: String)] = []
            for _ in 0..<20 {
                let tenant = try await database.makeTenant()
                let owner = try await database.makeMember(tenant)
                _ = try await fixture.makeInvitation(tenant, email: "gast@example.at")
                let creation = try await fixture.keys()
                    .create(tenant, name: "Kassa", scopes: [.callsRead], expiresAt: nil, by: Acting(owner))
                guard case .created(let key, let line) = creation else { throw TenantError.unreadable }
                try await database.app.withTenant(tenant) { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO api_idempotency (tenant_id, key_id, idempotency_key, request_hash, created_at)
                        VALUES (\(tenant), \(line.id), 'a', sha256('x'::bytea), clock_timestamp())
                        """
                    )
                }
                made.append((tenant, owner, key.reveal()))
            }
            let all = made
            let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in 0..<20 {
                    group.addTask {
                        var wrong = 0
                        for step in 0..<50 {
                            let one = all[(worker * 7 + step * 3) % all.count]
                            let other = all[(worker * 3 + step * 7 + 1) % all.count]
                            switch (worker + step) % 6 {
                            case 0:
                                let visitor = try await fixture.visitor(one.owner)
                                wrong += visitor?.standing?.tenant.id == one.tenant ? 0 : 1
                            case 1:
                                let identity = try await fixture.keys().authenticate(one.key)
                                wrong += identity?.tenant == one.tenant ? 0 : 1
                            case 2:
                                let members = try await fixture.members().members(one.tenant)
                                wrong += members.map(\.person) == [one.owner.person] ? 0 : 1
                            case 3 where other.tenant != one.tenant:
                                let refusal = try await fixture.members()
                                    .remove(one.tenant, one.owner.person, by: Acting(other.owner))
                                wrong += refusal == .notAllowed ? 0 : 1
                            case 4 where other.tenant != one.tenant:
                                wrong += try await Self.foreignWrite(database.app, from: one.tenant, to: other)
                            default:
                                wrong += try await database.app.withTenant(one.tenant) {
                                    try Self.foreignRows($0, one.tenant)
                                }
                            }
                        }
                        return wrong
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(wrong == 0)
        }
    }

    /// - Returns: 0 if the row of another tenant was refused.
    private static func foreignWrite(
        _ database: Database,
        from tenant: TenantID,
        to other: (tenant: TenantID, owner: MemberFixture, key: String)
    ) async throws -> Int {
        do {
            try await database.withTenant(tenant) { transaction in
                try transaction.execute(
                    """
                    INSERT INTO membership (tenant_id, person_id, role)
                    VALUES (\(other.tenant), \(other.owner.person), 'admin')
                    """
                )
            }
            return 1
        } catch DatabaseError.failed(sqlState: .insufficientPrivilege) {
            return 0
        }
    }

    @Test("the definer functions give nothing to a wrong token, and nobody else may call them")
    func definerFunctions() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            _ = try await fixture.makeInvitation(tenant, email: "gast@example.at")
            _ = try await fixture.keys()
                .create(tenant, name: "Kassa", scopes: [.callsRead], expiresAt: nil, by: Acting(owner))
            let wrong = RandomToken().hash
            let rows = try await database.app.withoutTenant { transaction in
                try transaction.query("SELECT 1 AS one FROM visitor(\(wrong))").count
                    + transaction.query("SELECT 1 AS one FROM open_invitation(\(wrong))").count
                    + transaction.query("SELECT 1 AS one FROM api_key_owner(\(wrong))").count
                    + transaction.query("SELECT 1 AS one FROM tenants_of_person(\(PersonID()))").count
            }
            #expect(rows == 0)
            let calls: [SQL] = [
                "SELECT 1 AS one FROM visitor(\(wrong))", "SELECT 1 AS one FROM open_invitation(\(wrong))",
                "SELECT 1 AS one FROM api_key_owner(\(wrong))",
                "SELECT 1 AS one FROM tenants_of_person(\(PersonID()))",
            ]
            for call in calls {
                await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                    try await database.app.withPlatform(actor: "test", reason: "test") { transaction in
                        _ = try transaction.query(call)
                    }
                }
            }
        }
    }
}
