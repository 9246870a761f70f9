import Audit
import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import People

@Suite struct SignInLedgerTests {
    @Test("G1: each event reaches the chain of each tenant of its person exactly once, however many copy")
    func once() async throws {
        try await PeopleWorld.run { world in
            let tenants = [try await world.test.makeTenant(), try await world.test.makeTenant()]
            let foreign = try await world.test.makeTenant()
            let person = try await world.person(email: world.address("anna"))
            for tenant in tenants { try await world.join(person, tenant) }
            let session = try #require(try await world.begin(world.address("anna")).session)
            try await world.sessions.end(session.id, of: person, .signedOut, from: .somewhere)
            let ledger = SignInLedger(world.parts.database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await ledger.copy() } }
                try await group.waitForAll()
            }
            for tenant in tenants {
                #expect(try await world.test.auditActions(tenant) == ["person.signed_in", "person.session_ended"])
            }
            #expect(try await world.test.auditCount(foreign) == 0)
            // A process that died before it settled the events: they are copied again, and nothing is repeated.
            try await world.test.app.withoutTenant { transaction in
                try transaction.execute("UPDATE sign_in_event SET recorded_at = NULL")
            }
            #expect(try await ledger.copy() == 2)
            for tenant in tenants { #expect(try await world.test.auditCount(tenant) == 2) }
            #expect(try await ledger.copy() == 0)
        }
    }

    @Test("failed attempts reach the platform's chain, counted by network; of tenants' people nothing else does")
    func platform() async throws {
        try await PeopleWorld.run(withRedis: false) { world in
            _ = try await world.person(email: world.address("anna"))
            let staff = try await world.person(email: world.address("op"), platform: "operator")
            for last in 1...6 {
                _ = try await world.begin(world.address("niemand\(last)"), from: .at("172.30.9.\(last)"))
            }
            _ = try await world.begin(world.address("niemand"), from: .at("172.30.10.1"))
            _ = try await world.begin(world.address("anna"), from: .at("172.30.11.1"))
            let session = try await world.test.makeSession(person: staff, at: world.now)
            try await world.sessions.end(session.id, of: staff, .signedOut, from: .at("172.30.12.1"))
            let ledger = SignInLedger(world.parts.database)
            try await ledger.copy()
            try await ledger.copy()
            let entries = try await world.test.app.withPlatform(actor: "test", reason: "test") { transaction in
                try transaction.query(
                    """
                    SELECT action, actor ->> 'address_prefix' AS network, COALESCE((after ->> 'count')::int, 1) AS n
                    FROM platform_audit_entry WHERE action <> 'platform.opened' ORDER BY seq
                    """
                ).map { row in
                    try [row.get("action"), row.get("network"), "\(row.get("n", as: Int.self))"].joined(separator: " ")
                }
            }
            #expect(
                entries == [
                    "person.sign_in_failed 172.30.9.0/24 6", "person.sign_in_failed 172.30.10.0/24 1",
                    "person.session_ended 172.30.12.0/24 1",
                ]
            )
        }
    }
}

extension PeopleWorld {
    func join(_ person: PersonID, _ tenant: TenantID) async throws {
        try await test.app.withTenant(tenant) { transaction in
            try transaction.execute(
                "INSERT INTO membership (tenant_id, person_id, role) VALUES (\(tenant), \(person), 'owner')"
            )
        }
    }
}
