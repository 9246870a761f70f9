package import Audit
package import Database
package import Kernel

/// The operator's view of everybody who can sign in. Every question opens the platform's door, which leaves its trace.
package struct PersonReading: Sendable {
    /// The most lines of a table for spreadsheets.
    package static let most = 10_000

    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Some of the people, and how many match.
    package struct Page: Sendable {
        package let lines: [PersonLine]
        package let total: Int
    }

    package func page(
        _ filter: PersonFilter,
        order: PersonOrder = .name,
        descending: Bool = false,
        offset: Int,
        limit: Int,
        actor: AuditActor
    ) async throws -> Page {
        try await database.withPlatform(actor: actor.name, reason: "person list") { transaction in
            let queries = PersonReadingQueries(transaction: transaction)
            return Page(
                lines: try queries.lines(
                    filter,
                    order: order,
                    descending: descending,
                    offset: offset,
                    limit: min(limit, Self.most)
                ),
                total: try queries.count(filter)
            )
        }
    }

    /// The whole list for a spreadsheet; that it was taken stands in the platform's trail.
    package func sheet(
        _ filter: PersonFilter,
        order: PersonOrder = .name,
        descending: Bool = false,
        actor: AuditActor,
        requestID: String? = nil
    ) async throws -> [PersonLine] {
        try await database.withPlatform(actor: actor.name, reason: "person list") { transaction in
            let lines = try PersonReadingQueries(transaction: transaction).lines(
                filter,
                order: order,
                descending: descending,
                offset: 0,
                limit: Self.most
            )
            let entry = AuditEntry(
                actor: actor,
                action: "person.list_exported",
                object: AuditObject("person", "all"),
                after: ["export_rows": .integer(Int64(lines.count))],
                requestID: requestID
            )
            try AuditTrail.record(entry, in: transaction)
            return lines
        }
    }

    /// Nil for somebody who does not exist.
    package func detail(_ id: PersonID, actor: AuditActor) async throws -> PersonDetail? {
        try await database.withPlatform(actor: actor.name, reason: "person show") { transaction in
            let queries = PersonReadingQueries(transaction: transaction)
            guard let line = try queries.line(id) else { return nil }
            return PersonDetail(
                line: line,
                workplaces: try queries.workplaces(of: id),
                appSince: try queries.appSince(of: id),
                passkeys: try queries.passkeys(of: id),
                recoveryCodesLeft: try queries.recoveryCodesLeft(of: id)
            )
        }
    }
}
