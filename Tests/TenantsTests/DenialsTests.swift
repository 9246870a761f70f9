import Database
import Foundation
import Kernel
import Logging
import Telemetry
import Tenants
import TestSupport
import Testing

@Suite("Denied requests")
struct DenialsTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func denials(_ database: Database, _ metrics: Metrics = Metrics()) -> Denials {
        Denials(database, time: .still, logger: Self.logger, metrics: metrics)
    }

    private func request(
        _ kind: DeniedRequest.ObjectKind,
        _ object: String,
        tenant: TenantID?,
        person: PersonID? = nil
    ) -> DeniedRequest {
        DeniedRequest(at: Date(), person: person, tenant: tenant, route: "/x/{id}", kind: kind, object: object)
    }

    /// Reason and times by object, as the platform's chain has them.
    private func lines(_ database: TestDatabase) async throws -> [String: String] {
        try await database.app.withPlatform(actor: "test", reason: "test") { transaction in
            let rows = try transaction.query(
                """
                SELECT object_id, reason || ' ' || (after ->> 'times') AS told FROM platform_audit_entry
                WHERE action = 'access.denied'
                """
            )
            return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.get("object_id"), try $0.get("told")) })
        }
    }

    @Test("3: a foreign object, none, a wrong role and no tenant are told apart afterwards, one line each")
    func reasons() async throws {
        try await withTestDatabase { database in
            let number = try #require(E164("+43732900100"))
            let mine = try await database.makeTenantWithFlow(number)
            let theirNumber = try #require(E164("+43732900200"))
            let theirs = try await database.makeTenantWithFlow(theirNumber)
            let myCall = try await database.makeCall(mine)
            let theirCall = try await database.makeCall(theirs)
            let member = try await database.makeMember(mine.tenant, "viewer")
            let stranger = try await database.makeMember(theirs.tenant)
            let nothing = CallID()
            let denials = denials(database.app)
            let asked: [(DeniedRequest.ObjectKind, String, String)] = [
                (.call, "\(myCall)", "role 1"), (.call, "\(theirCall)", "foreign 1"),
                (.call, "\(nothing)", "nonexistent 1"), (.call, "keine-Id", "nonexistent 1"),
                (.flow, "\(mine.flow)", "role 1"), (.flow, "\(theirs.flow)", "foreign 1"),
                (.flowVersion, "\(theirs.version)", "foreign 1"), (.number, "+43732900200", "foreign 1"),
                (.number, "+43732900100", "role 1"),
                (.number, theirs.ownership.map { "\($0)" } ?? "", "foreign 1"),
                (.member, "\(member.person)", "role 1"), (.member, "\(stranger.person)", "foreign 1"),
                (.invitation, "\(InvitationID())", "nonexistent 1"), (.key, "\(APIKeyID())", "nonexistent 1"),
                (.supportAccess, "\(SupportAccessID())", "nonexistent 1"), (.tenant, "\(theirs.tenant)", "foreign 1"),
                (.page, "", "role 1"),
            ]
            for (kind, object, _) in asked {
                denials.note(request(kind, object, tenant: mine.tenant, person: member.person))
            }
            let nowhere = CallID()
            denials.note(request(.call, "\(nowhere)", tenant: nil))
            try await denials.flush()
            let resolver = DenialResolver(database.app, time: .still)
            #expect(try await resolver.resolve() == asked.count + 1)
            var expected = Dictionary(uniqueKeysWithValues: asked.map { ($0.1, $0.2) })
            expected["\(nowhere)"] = "no_tenant 1"
            #expect(try await lines(database) == expected)
            #expect(try await resolver.resolve() == 0)
        }
    }

    @Test("equal requests are counted together, and what does not fit is counted and left out")
    func bounds() async throws {
        try await withTestDatabase { database in
            let metrics = Metrics()
            let denials = denials(database.app, metrics)
            let tenant = try await database.makeTenant()
            let same = "\(CallID())"
            for _ in 0..<3 { denials.note(request(.call, same, tenant: tenant)) }
            #expect(denials.waiting == 1)
            for _ in 0..<Denials.capacity { denials.note(request(.call, "\(CallID())", tenant: tenant)) }
            #expect(denials.waiting == Denials.capacity)
            denials.note(request(.call, same, tenant: tenant))
            let text = metrics.render()
            #expect(text.contains(#"voiceagent_denied_requests_total{outcome="dropped"} 1"#))
            #expect(text.contains(#"voiceagent_denied_requests_total{outcome="noted"} 1003"#))
            try await denials.flush()
            #expect(denials.waiting == 0)
            let resolver = DenialResolver(database.app, time: .still)
            while try await resolver.resolve() > 0 {}
            let lines = try await lines(database)
            #expect(lines.count == Denials.capacity)
            #expect(lines[same] == "nonexistent 4")
        }
    }

    @Test("what cannot be written goes on waiting")
    func databaseAway() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let url = database.urls.app.secret
            try await database.withDatabase {
                $0.url = url
            } _: { pool in
                let denials = denials(pool)
                denials.note(request(.call, "\(CallID())", tenant: tenant))
                try await pool.shutdown()
                await #expect(throws: DatabaseError.self) { try await denials.flush() }
                #expect(denials.waiting == 1)
            }
        }
    }

    @Test("without a denied request the platform's door stays shut")
    func doorStaysShut() async throws {
        try await withTestDatabase { database in
            let resolver = DenialResolver(database.app, time: .still)
            #expect(try await resolver.resolve() == 0)
            let openings = try await database.app.withPlatform(actor: "test", reason: "test") { transaction in
                try transaction.query("SELECT 1 AS one FROM platform_audit_entry").count
            }
            // The one that counts them.
            #expect(openings == 1)
        }
    }

    @Test("a stranger's words do not reach the table as they came")
    func words() {
        let request = request(.call, "../a\u{0}b ü<script>" + String(repeating: "x", count: 200), tenant: nil)
        #expect(request.object.hasPrefix("..abscriptx"))
        #expect(request.object.count == 100)
    }
}
