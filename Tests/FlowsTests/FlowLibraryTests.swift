import Audit
import Database
import Flows
import Kernel
import TestSupport
import Testing

struct FlowLibraryTests {
    private let editor = AuditActor(.person, "editor")

    private func library(_ database: TestDatabase, refusing code: String? = nil) -> FlowLibrary {
        FlowLibrary(database.app) { _ in { _ in code } }
    }

    private func json(_ flow: FlowDocument) -> String { flow.json.canonical }

    @Test func versionGoesFromDraftOverStagedToLive() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let library = library(database)
            guard
                case .imported(let draft, let findings) = try await library.importDraft(
                    tenant,
                    name: "Empfang",
                    json: json(sampleFlow()),
                    actor: editor
                )
            else {
                Issue.record("not imported")
                return
            }
            #expect(draft.ordinal == 1)
            #expect(draft.state == .draft)
            #expect(findings == [])
            #expect(try await library.current(tenant, flow: draft.flow) == nil)

            guard case .done(let staged) = try await library.stage(tenant, name: "Empfang", actor: editor) else {
                Issue.record("not staged")
                return
            }
            #expect(staged.id == draft.id)
            #expect(try await library.current(tenant, flow: draft.flow) == nil)

            guard case .done(let live) = try await library.publish(tenant, name: "Empfang", actor: editor) else {
                Issue.record("not published")
                return
            }
            #expect(live.id == draft.id)
            let pinned = try #require(try await library.current(tenant, flow: draft.flow))
            #expect(pinned == PinnedFlow(version: draft.id, flow: draft.flow, document: sampleFlow()))
            let actions = try await database.app.withTenant(tenant) { transaction in
                try transaction.query("SELECT action FROM audit_entry ORDER BY seq").map {
                    try $0.get("action", as: String.self)
                }
            }
            #expect(actions == ["flow.imported", "flow.staged", "flow.published"])
        }
    }

    @Test func repeatedStepsChangeNothing() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let library = library(database)
            for round in 1...2 {
                let imported = try await library.importDraft(tenant, name: "F", json: json(sampleFlow()), actor: editor)
                let staged = try await library.stage(tenant, name: "F", actor: editor)
                let published = try await library.publish(tenant, name: "F", actor: editor)
                if round == 2 {
                    guard case .unchanged = imported, case .unchanged = staged, case .unchanged = published else {
                        Issue.record("something changed")
                        return
                    }
                }
            }
            let versions = try await database.app.withTenant(tenant) { transaction in
                try transaction.query("SELECT id FROM flow_version").count
            }
            #expect(versions == 1)
        }
    }

    @Test("5: publishing retires the version before, which calls pinned to it still read")
    func publishingLeavesPinnedVersionReadable() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let library = library(database)
            let first = try await publish(sampleFlow(), tenant, library)
            let changed = sampleFlow().with { $0.phrases = ["neu"] }
            let second = try await publish(changed, tenant, library)
            #expect(second.ordinal == 2)
            #expect(try await library.current(tenant, flow: first.flow)?.document == changed)
            let pinned = try await database.app.withTenant(tenant) { try library.version(first.id, in: $0) }
            #expect(pinned?.document == sampleFlow())
            let states = try await database.app.withTenant(tenant) { transaction in
                try transaction.query("SELECT state FROM flow_version ORDER BY ordinal").map {
                    try $0.get("state", as: String.self)
                }
            }
            #expect(states == ["retired", "live"])
        }
    }

    @Test func parallelPublishingLeavesOneLiveVersion() async throws {
        try await withTestDatabase(poolSize: 8) { database in
            let tenant = try await database.makeTenant()
            let library = library(database)
            let actor = editor
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    let text = json(sampleFlow().with { $0.phrases = ["\(number)"] })
                    group.addTask {
                        _ = try await library.importDraft(tenant, name: "F", json: text, actor: actor)
                        _ = try await library.stage(tenant, name: "F", actor: actor)
                        _ = try await library.publish(tenant, name: "F", actor: actor)
                    }
                }
                try await group.waitForAll()
            }
            let counts = try await database.app.withTenant(tenant) { transaction in
                try transaction.query("SELECT state, count(*) AS n FROM flow_version GROUP BY state").reduce(
                    into: [String: Int]()
                ) { try $0[$1.get("state")] = $1.get("n") }
            }
            #expect(counts["live"] == 1)
            #expect(counts["staged", default: 0] <= 1)
        }
    }

    @Test func flowWithErrorsIsNotStored() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let library = library(database, refusing: "premium")
            guard
                case .refused(let findings) = try await library.importDraft(
                    tenant,
                    name: "F",
                    json: json(sampleFlow()),
                    actor: editor
                )
            else {
                Issue.record("stored")
                return
            }
            #expect(findings.map(\.code) == [.targetRefused])
            #expect(try await library.flow(tenant, name: "F") == nil)
        }
    }

    @Test func publishingJudgesAgain() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let before = library(database)
            _ = try await before.importDraft(tenant, name: "F", json: json(sampleFlow()), actor: editor)
            _ = try await before.stage(tenant, name: "F", actor: editor)
            let after = library(database, refusing: "country")
            guard case .refused(.findings(let findings)) = try await after.publish(tenant, name: "F", actor: editor)
            else {
                Issue.record("published")
                return
            }
            #expect(findings.map(\.code) == [.targetRefused])
        }
    }

    @Test("K1: the waiver's reason stands in the audit trail") func waiverIsRecorded() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let flow = sampleFlow().with {
                $0.nodes["hallo"] = .greeting(GreetingNode(text: "Guten Tag.", next: "gespraech"))
                $0.aiDisclosureWaiver = DisclosureWaiver(reason: "Nur im Haus verwendet.")
            }
            _ = try await publish(flow, tenant, library(database))
            let reasons = try await database.app.withTenant(tenant) { transaction in
                try transaction.query("SELECT reason FROM audit_entry WHERE action = 'flow.published'").map {
                    try $0.getOptional("reason", as: String.self)
                }
            }
            #expect(reasons == ["Nur im Haus verwendet."])
        }
    }

    @Test func stepsWithoutAFlowAreRefused() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            guard case .refused(.unknownFlow) = try await library(database).stage(tenant, name: "F", actor: editor),
                case .refused(.unknownFlow) = try await library(database).publish(tenant, name: "F", actor: editor)
            else {
                Issue.record("not refused")
                return
            }
        }
    }

    @Test func anotherTenantsFlowIsNotThere() async throws {
        try await withTestDatabase { database in
            let owner = try await database.makeTenant()
            let stranger = try await database.makeTenant()
            let library = library(database)
            let version = try await publish(sampleFlow(), owner, library)
            #expect(try await library.current(stranger, flow: version.flow) == nil)
            #expect(try await database.app.withTenant(stranger) { try library.version(version.id, in: $0) } == nil)
        }
    }

    private func publish(_ flow: FlowDocument, _ tenant: TenantID, _ library: FlowLibrary) async throws -> FlowVersion {
        _ = try await library.importDraft(tenant, name: "F", json: json(flow), actor: editor)
        _ = try await library.stage(tenant, name: "F", actor: editor)
        guard case .done(let version) = try await library.publish(tenant, name: "F", actor: editor) else {
            throw FlowError.unreadable
        }
        return version
    }
}
