import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Audit

@Suite("Reading the audit trail")
struct AuditArchiveTests {
    @Test("pages go from the newest entry to the oldest, without gap or repeat")
    func paging() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(25, tenant, database)
            let archive = AuditArchive(database.app)
            var seen: [Int64] = []
            var before: Int64?
            repeat {
                let page = try await archive.page(tenant, before: before, limit: 10)
                seen += page.entries.map(\.seq)
                before = page.next
            } while before != nil
            #expect(seen == (1...25).reversed())
            #expect(try await archive.page(tenant, limit: 25).next == nil)
        }
    }

    @Test("a line says everything that was recorded")
    func line() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(10, tenant, database)
            let line = try #require(try await AuditArchive(database.app).page(tenant, limit: 1).entries.first)
            let entry = Sample.entry(10)
            #expect(line.seq == 10)
            #expect(line.actor == entry.actor)
            #expect(line.action == entry.action)
            #expect(line.object == entry.object)
            #expect(line.before == entry.before)
            #expect(line.after == entry.after)
            #expect(line.reason == entry.reason)
            #expect(line.requestID == entry.requestID)
            #expect(line.personal == entry.personal)
            #expect(!line.isErased)
        }
    }

    @Test(
        "each filter finds what it names and nothing else",
        arguments: [
            (AuditFilter(action: "flow."), [3, 6, 9, 12]),
            (AuditFilter(excluding: "flow."), [1, 2, 4, 5, 7, 8, 10, 11]),
            (AuditFilter(action: "flow.published", objectKind: "number"), []),
            (AuditFilter(objectKind: "flow_version"), [3, 6, 9, 12]),
            (AuditFilter(actor: "job:test"), [1, 3, 5, 7, 9, 11]),
            (AuditFilter(text: "A11@EXAMPLE.at"), [11]),
            (AuditFilter(text: "v12"), [12]),
            (AuditFilter(text: "100%"), []),
            (AuditFilter(text: "anna", actor: "job:test"), [5]),
            (AuditFilter(until: Date(timeIntervalSince1970: 0)), []),
            (AuditFilter(from: Date(timeIntervalSince1970: 0), until: .distantFuture), Array(1...12)),
        ]
    )
    func filters(filter: AuditFilter, found: [Int]) async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(12, tenant, database)
            let archive = AuditArchive(database.app)
            let page = try await archive.page(tenant, filter: filter, limit: 100)
            #expect(page.entries.map { Int($0.seq) }.sorted() == found)
            #expect(try await archive.count(tenant, filter: filter) == found.count)
        }
    }

    @Test("counting ends at its bound")
    func bound() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(12, tenant, database)
            #expect(try await AuditArchive(database.app).count(tenant, upTo: 5) == 5)
        }
    }

    @Test("G6 a tenant reads its own chain and no other")
    func isolation() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let other = try await database.makeTenant()
            _ = try await Sample.record(4, tenant, database)
            let archive = AuditArchive(database.app)
            #expect(try await archive.page(other, limit: 10).entries.isEmpty)
            #expect(try await archive.actions(other).isEmpty)
            #expect(try await archive.count(other) == 0)
            #expect(try await archive.actions(tenant) == ["flow.published", "number.released"])
            #expect(try await database.auditCount(tenant) == 4)
            #expect(try await database.auditActions(other).isEmpty)
        }
    }

    @Test("the platform's chain is read through the platform's door, which records the reading")
    func platform() async throws {
        try await withTestDatabase { database in
            let archive = AuditArchive(database.app)
            let page = try await archive.platformPage(actor: "operator:anna", reason: "Prüfung", limit: 10)
            #expect(page.entries.map(\.action) == ["platform.opened"])
            #expect(page.entries.first?.reason == "Prüfung")
            #expect(try await archive.platformActions(actor: "operator:anna", reason: "A") == ["platform.opened"])
            let filter = AuditFilter(text: "prüfung")
            #expect(try await archive.platformCount(actor: "operator:eva", reason: "B", filter: filter) == 1)
        }
    }
}
