import Audit
package import Calls
package import Database
import Foundation
import Hummingbird
import Kernel
import Localization
import NIOCore
import Site
import Tenants
import Web

/// Lists of calls as files. That somebody took one is recorded before the first line leaves (requirement G1).
package struct CallExports: Sendable {
    /// A longer list is cut; a filter leads to the rest.
    static let most = 100_000
    private static let piece = 500

    private let database: Database
    private let reading: CallReading

    package init(_ database: Database, reading: CallReading) {
        self.database = database
        self.reading = reading
    }

    func answer(_ visit: TenantVisit, _ list: CallList) async throws -> Response {
        let tenant = visit.tenant.id
        let count = list.isImpossible ? 0 : min(try await reading.count(tenant, list.filter), Self.most)
        try await record(visit, list, count)
        let sheet = CallSheet(visit)
        let reading = reading
        let order = list.order
        let filter = list.filter
        let name = "anrufe-\(visit.localizer.field(visit.now)).csv"
        return visit.download(
            name: name,
            type: CSV.type,
            ResponseBody { writer in
                try await writer.write(ByteBuffer(string: CSV.byteOrderMark + sheet.head))
                var offset = 0
                var cursor: CallCursor?
                while offset < count {
                    let limit = min(Self.piece, count - offset)
                    let lines: [CallLine]
                    if case .begin(newestFirst: true) = order {
                        (lines, cursor) = try await reading.list(tenant, filter, after: cursor, limit: limit)
                    } else {
                        lines = try await reading.lines(tenant, filter, order: order, offset: offset, limit: limit)
                        cursor = lines.last?.cursor
                    }
                    try await writer.write(ByteBuffer(string: lines.map(sheet.line).joined()))
                    guard cursor != nil, !lines.isEmpty else { break }
                    offset += lines.count
                }
                try await writer.finish(nil)
            }
        )
    }

    private func record(_ visit: TenantVisit, _ list: CallList, _ count: Int) async throws {
        var filter: [String: AuditValue] = [:]
        for name in ["zeitraum", "von", "bis", "ergebnis", "flow", "nummer"] {
            if let value = list.state.filter(name) { filter[name] = .text(value) }
        }
        // What is searched for may name a person.
        if !list.state.search.isEmpty { filter["suche"] = .bool(true) }
        let entry = AuditEntry(
            actor: visit.actor,
            action: "calls.exported",
            object: AuditObject("call", "list"),
            after: .object(["filter": .object(filter), "calls": .integer(Int64(count))]),
            requestID: visit.visit.requestID
        )
        try await database.withTenant(visit.tenant.id) { transaction in
            _ = try AuditTrail.record(entry, in: transaction)
        }
    }
}
