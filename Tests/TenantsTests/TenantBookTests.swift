import Audit
import Database
import Kernel
import Tenants
import TestSupport
import Testing

struct TenantBookTests {
    private let operatorAnna = AuditActor(.operator, "operator:anna")

    @Test func createdTenantIsFoundBySlugAndHasItsDefaults() async throws {
        try await withTestDatabase { database in
            let book = TenantBook(database.app)
            let slug = try #require(TenantSlug("autohaus-donau"))
            let creation = try await book.create(slug, name: "Autohaus Donau", actor: operatorAnna)
            guard case .created(let tenant) = creation else {
                Issue.record("not created")
                return
            }
            #expect(tenant.state == .active)
            #expect(tenant.settings == TenantSettings())
            #expect(tenant.bounds == TenantBounds(concurrentCalls: 10, callSeconds: 1_800))
            #expect(try await book.find(slug, actor: operatorAnna) == tenant)
            #expect(try await book.tenant(tenant.id) == tenant)
        }
    }

    @Test func secondCreationOfASlugChangesNothing() async throws {
        try await withTestDatabase { database in
            let book = TenantBook(database.app)
            let slug = try #require(TenantSlug("muster"))
            let actor = operatorAnna
            let creations = try await withThrowingTaskGroup(of: TenantBook.Creation.self) { group in
                for number in 1...6 {
                    group.addTask { try await book.create(slug, name: "Muster \(number)", actor: actor) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let made = creations.filter { if case .created = $0 { true } else { false } }
            #expect(made.count == 1)
            #expect(try await book.all(actor: operatorAnna).count == 1)
        }
    }

    @Test("a name is trimmed; what is empty, too long or steers a terminal is none")
    func names() {
        #expect(TenantName.parse("  Autohaus   Donau ") == "Autohaus Donau")
        #expect(TenantName.parse(String(repeating: "ß", count: 120)) != nil)
        for typed in ["", " \n ", String(repeating: "x", count: 121), "a\tb", "a\u{0}", "a\u{2028}b", "a\u{202E}b"] {
            #expect(TenantName.parse(typed) == nil, "\(typed.debugDescription)")
        }
    }

    @Test("G1: each renaming is one line with the name before and after, and a closed tenant keeps its name")
    func renaming() async throws {
        try await withTestDatabase { database in
            let book = TenantBook(database.app)
            let id = try await database.makeTenant(slug: "muster")
            try await book.rename(id, to: "Muster Neu", actor: operatorAnna)
            try await book.rename(id, to: "Muster Neu", actor: operatorAnna)
            let tenant = try #require(try await book.tenant(id))
            #expect(tenant.name == "Muster Neu" && tenant.slug.value == "muster")
            try await book.change(id, to: tenant.settings, name: "Muster Drei", actor: AuditActor(.person, "p1"))
            try await book.change(id, to: tenant.settings, actor: AuditActor(.person, "p1"))
            let lines = try await database.app.withTenant(id) { transaction in
                try transaction.query(
                    "SELECT action, before->>'name' AS old, after->>'name' AS new FROM audit_entry ORDER BY seq"
                ).map { row in
                    try [row.get("action"), row.get("old"), row.get("new")].map { $0 as String }
                }
            }
            #expect(
                lines == [
                    ["tenant.renamed", "muster", "Muster Neu"], ["tenant.changed", "Muster Neu", "Muster Drei"],
                ]
            )
            try await database.app.withPlatform(actor: "test", reason: "fixture") { transaction in
                try transaction.execute("UPDATE tenant SET state = 'closed' WHERE id = \(id)")
            }
            await #expect(throws: TenantError.closed) {
                try await book.rename(id, to: "Muster Vier", actor: operatorAnna)
            }
        }
    }

    @Test func everyActLeavesItsLineInTheTenantsChain() async throws {
        try await withTestDatabase { database in
            let book = TenantBook(database.app)
            let slug = try #require(TenantSlug("muster"))
            guard case .created(let tenant) = try await book.create(slug, name: "Muster", actor: operatorAnna) else {
                Issue.record("not created")
                return
            }
            try await book.suspend(tenant.id, reason: "Rechnung offen", actor: operatorAnna)
            try await book.suspend(tenant.id, reason: "noch einmal", actor: operatorAnna)
            try await book.activate(tenant.id, reason: "bezahlt", actor: operatorAnna)
            try await book.limit(tenant.id, to: TenantBounds(concurrentCalls: 3), actor: operatorAnna)
            var settings = tenant.settings
            settings.allowedCountries = ["AT"]
            settings.overflow = E164("+43732900200")
            try await book.change(tenant.id, to: settings, actor: AuditActor(.person, "p1"))

            let changed = try #require(try await book.tenant(tenant.id))
            #expect(changed.settings == settings)
            #expect(changed.bounds.concurrentCalls == 3)
            let actions = try await database.app.withTenant(tenant.id) { transaction in
                try transaction.query("SELECT action FROM audit_entry ORDER BY seq").map {
                    try $0.get("action", as: String.self)
                }
            }
            #expect(
                actions == [
                    "tenant.created", "tenant.suspended", "tenant.activated", "tenant.limited", "tenant.changed",
                ]
            )
        }
    }

    @Test func tenantThatDoesNotExistCannotBeSuspended() async throws {
        try await withTestDatabase { database in
            _ = await #expect(throws: TenantError.gone) {
                try await TenantBook(database.app).suspend(TenantID(), reason: "x", actor: operatorAnna)
            }
        }
    }

    @Test(arguments: ["", "-a", "a-", "A", "ä", "a b", "a_b", String(repeating: "a", count: 64)])
    func malformedSlugIsRefused(slug: String) {
        #expect(TenantSlug(slug) == nil)
    }
}
