import Database
import Foundation
import Kernel
import People

/// The SQL of the operator's view of people; behind the platform's door, which sees no secret of theirs.
struct PersonReadingQueries {
    let transaction: Transaction

    // MARK: Lists

    func lines(
        _ filter: PersonFilter,
        order: PersonOrder,
        descending: Bool,
        offset: Int,
        limit: Int
    ) throws -> [PersonLine] {
        try transaction.query(
            """
            SELECT \(Self.columns) WHERE \(Self.condition(filter))
            ORDER BY \(Self.sql(order, descending: descending)), known.id LIMIT \(limit) OFFSET \(offset)
            """
        ).map(PersonLine.init(row:))
    }

    func line(_ id: PersonID) throws -> PersonLine? {
        try transaction.queryOne("SELECT \(Self.columns) WHERE known.id = \(id)").map(PersonLine.init(row:))
    }

    func count(_ filter: PersonFilter) throws -> Int {
        try transaction.queryOne(
            "SELECT count(*) AS number FROM person AS known WHERE \(Self.condition(filter))"
        )?.get("number") ?? 0
    }

    private static let columns: SQL = """
        known.id, known.email, known.name, known.state = 'active' AS is_active, known.created_at,
            known.last_signed_in_at, staff.role AS platform_role,
            (SELECT count(*) FROM membership AS member JOIN tenant AS company ON company.id = member.tenant_id
                WHERE member.person_id = known.id AND company.state <> 'closed') AS workplaces,
            EXISTS (SELECT FROM totp_factor AS app WHERE app.person_id = known.id AND app.state = 'active') AS has_app,
            (SELECT count(*) FROM passkey WHERE passkey.person_id = known.id) AS passkeys
        FROM person AS known LEFT JOIN platform_member AS staff ON staff.person_id = known.id
        """

    private static func condition(_ filter: PersonFilter) -> SQL {
        var condition: SQL = "true"
        if let isActive = filter.isActive {
            condition = "\(condition) AND known.state = \(isActive ? "active" : "disabled")"
        }
        if let hasSecondFactor = filter.hasSecondFactor {
            condition = """
                \(condition) AND \(hasSecondFactor) = (
                    EXISTS (SELECT FROM totp_factor AS app WHERE app.person_id = known.id AND app.state = 'active')
                    OR EXISTS (SELECT FROM passkey WHERE passkey.person_id = known.id))
                """
        }
        let words = filter.search.trimmingCharacters(in: .whitespaces)
        guard !words.isEmpty else { return condition }
        return """
            \(condition) AND (strpos(lower(known.name), lower(\(words)::text)) > 0
                OR strpos(known.email, lower(\(words)::text)) > 0)
            """
    }

    /// Whoever never signed in comes before all others.
    private static func sql(_ order: PersonOrder, descending: Bool) -> SQL {
        switch (order, descending) {
        case (.name, false): "lower(known.name), known.email"
        case (.name, true): "lower(known.name) DESC, known.email"
        case (.email, false): "known.email"
        case (.email, true): "known.email DESC"
        case (.workplaces, false): "workplaces, lower(known.name)"
        case (.workplaces, true): "workplaces DESC, lower(known.name)"
        case (.lastSignIn, false): "known.last_signed_in_at NULLS FIRST"
        case (.lastSignIn, true): "known.last_signed_in_at DESC NULLS LAST"
        case (.created, false): "known.created_at"
        case (.created, true): "known.created_at DESC"
        }
    }

    // MARK: One person

    func workplaces(of person: PersonID) throws -> [Workplace] {
        try transaction.query(
            """
            SELECT company.id AS tenant_id, company.slug, company.name, company.state, member.role
            FROM membership AS member JOIN tenant AS company ON company.id = member.tenant_id
            WHERE member.person_id = \(person) AND company.state <> 'closed'
            ORDER BY lower(company.name), company.slug
            """
        ).map(Workplace.init(row:))
    }

    func appSince(of person: PersonID) throws -> Date? {
        try transaction.queryOne(
            "SELECT confirmed_at FROM totp_factor WHERE person_id = \(person) AND state = 'active'"
        )?.getOptional("confirmed_at")
    }

    func passkeys(of person: PersonID) throws -> [PersonDetail.Passkey] {
        try transaction.query(
            "SELECT created_at, last_used_at FROM passkey WHERE person_id = \(person) ORDER BY created_at"
        ).map { PersonDetail.Passkey(since: try $0.get("created_at"), lastUsedAt: try $0.getOptional("last_used_at")) }
    }

    func recoveryCodesLeft(of person: PersonID) throws -> Int {
        try transaction.queryOne(
            "SELECT count(*) AS number FROM recovery_code WHERE person_id = \(person) AND used_at IS NULL"
        )?.get("number") ?? 0
    }
}

extension PersonLine {
    fileprivate init(row: Row) throws {
        self.init(
            id: try row.get("id"),
            email: try row.get("email"),
            name: try row.get("name"),
            isActive: try row.get("is_active"),
            platformRole: try row.getOptional("platform_role"),
            workplaces: try row.get("workplaces"),
            hasApp: try row.get("has_app"),
            passkeys: try row.get("passkeys"),
            lastSignedInAt: try row.getOptional("last_signed_in_at"),
            createdAt: try row.get("created_at")
        )
    }
}
