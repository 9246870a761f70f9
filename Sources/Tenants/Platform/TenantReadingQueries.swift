import Audit
import Database
import Foundation
import Kernel

/// The SQL of the operator's view; behind the platform's door.
struct TenantReadingQueries {
    let transaction: Transaction
    let now: Date

    // MARK: Lists

    /// Only the lines that are returned are counted out, unless the order itself needs the counts of all.
    func lines(
        _ filter: TenantFilter,
        order: TenantOrder,
        descending: Bool,
        offset: Int,
        limit: Int
    ) throws -> [TenantLine] {
        try transaction.query(
            """
            SELECT \(columns) FROM tenant AS company WHERE \(condition(filter))
            ORDER BY \(Self.sql(order, descending: descending)), company.id LIMIT \(limit) OFFSET \(offset)
            """
        ).map(TenantLine.init(row:))
    }

    func line(_ id: TenantID) throws -> TenantLine? {
        try transaction.queryOne("SELECT \(columns) FROM tenant AS company WHERE company.id = \(id)")
            .map(TenantLine.init(row:))
    }

    func count(_ filter: TenantFilter) throws -> Int {
        try transaction.queryOne(
            "SELECT count(*) AS number FROM tenant AS company WHERE \(condition(filter))"
        )?.get("number") ?? 0
    }

    func states() throws -> [TenantState: Int] {
        try transaction.query("SELECT state, count(*) AS number FROM tenant GROUP BY state").reduce(into: [:]) {
            $0[try $1.get("state", as: TenantState.self)] = try $1.get("number", as: Int.self)
        }
    }

    /// A call that carries on into the next month belongs to the one it began in.
    private var columns: SQL {
        let month: SQL = """
            (date_trunc('month', \(now)::timestamptz AT TIME ZONE company.time_zone) AT TIME ZONE company.time_zone)
            """
        return """
            company.id, company.slug, company.name, company.state, company.region, company.created_at,
            (company.closing_at IS NOT NULL AND company.state <> 'closed') AS is_ending,
            (SELECT count(*) FROM number_ownership AS owned
                WHERE owned.tenant_id = company.id AND owned.valid @> \(now)::timestamptz) AS numbers,
            (SELECT count(*) FROM call
                WHERE call.tenant_id = company.id AND call.admitted_at >= \(month) AND call.refusal IS NULL) AS calls,
            (SELECT COALESCE(sum(used.milliseconds), 0)::bigint FROM call
                JOIN usage_segment AS used
                    ON used.tenant_id = call.tenant_id AND used.call_id = call.id AND used.kind = 'bot'
                WHERE call.tenant_id = company.id AND call.admitted_at >= \(month)) AS agent_milliseconds,
            (SELECT count(*) FROM membership AS member WHERE member.tenant_id = company.id) AS members
            """
    }

    private func condition(_ filter: TenantFilter) -> SQL {
        var condition: SQL = "true"
        switch filter.stage {
        case nil: break
        case .active: condition = "company.state = 'active'"
        case .suspended: condition = "company.state = 'suspended'"
        case .ending: condition = "company.closing_at IS NOT NULL AND company.state <> 'closed'"
        case .closed: condition = "company.state = 'closed'"
        }
        let words = filter.search.trimmingCharacters(in: .whitespaces)
        guard !words.isEmpty else { return condition }
        var found: SQL = """
            strpos(lower(company.name), lower(\(words)::text)) > 0
            OR strpos(company.slug, lower(\(words)::text)) > 0
            """
        let digits = words.filter { $0.isASCII && $0.isNumber }
        // A number within Austria begins with a zero that stands for the country.
        let digitsToFind = String(digits.drop { $0 == "0" })
        if digitsToFind.count >= 4, !words.contains(where: \.isLetter) {
            found = """
                \(found) OR EXISTS (SELECT FROM number_ownership AS owned
                    WHERE owned.tenant_id = company.id AND owned.valid @> \(now)::timestamptz
                        AND strpos(owned.e164, \(digitsToFind)) > 0)
                """
        }
        return "\(condition) AND (\(found))"
    }

    private static func sql(_ order: TenantOrder, descending: Bool) -> SQL {
        switch (order, descending) {
        case (.name, false): "lower(company.name)"
        case (.name, true): "lower(company.name) DESC"
        case (.numbers, false): "numbers, lower(company.name)"
        case (.numbers, true): "numbers DESC, lower(company.name)"
        case (.calls, false): "calls, lower(company.name)"
        case (.calls, true): "calls DESC, lower(company.name)"
        case (.minutes, false): "agent_milliseconds, lower(company.name)"
        case (.minutes, true): "agent_milliseconds DESC, lower(company.name)"
        case (.members, false): "members, lower(company.name)"
        case (.members, true): "members DESC, lower(company.name)"
        case (.created, false): "company.created_at"
        case (.created, true): "company.created_at DESC"
        }
    }

    // MARK: One tenant

    static func runningCalls(of tenant: TenantID, _ transaction: Transaction) throws -> Int {
        try transaction.queryOne(
            """
            SELECT count(DISTINCT leg.call_id) AS number FROM call_leg AS leg
            WHERE leg.ended_at IS NULL AND leg.tenant_id = \(tenant)
            """
        )?.get("number") ?? 0
    }

    func numbers(of tenant: TenantID) throws -> [TenantDetail.Number] {
        try transaction.query(
            """
            SELECT owned.e164, lower(owned.valid) AS since FROM number_ownership AS owned
            WHERE owned.tenant_id = \(tenant) AND owned.valid @> \(now)::timestamptz
            ORDER BY owned.e164 LIMIT \(TenantDetail.shown)
            """
        ).map { TenantDetail.Number(e164: try $0.get("e164"), since: try $0.get("since")) }
    }

    func owners(of tenant: TenantID) throws -> [TenantDetail.Owner] {
        try transaction.query(
            """
            SELECT known.id, known.name, known.email, known.state = 'disabled' AS is_disabled
            FROM membership AS member JOIN person AS known ON known.id = member.person_id
            WHERE member.tenant_id = \(tenant) AND member.role = 'owner'
            ORDER BY lower(known.name), known.email LIMIT \(TenantDetail.shown)
            """
        ).map { row in
            TenantDetail.Owner(
                person: try row.get("id"),
                name: try row.get("name"),
                email: try row.get("email"),
                isDisabled: try row.get("is_disabled")
            )
        }
    }

    /// Entries themselves hold no names; the erasable part beside them is not read.
    func history(of tenant: TenantID) throws -> [TenantDetail.Event] {
        try transaction.query(
            """
            SELECT entry.at, entry.action, entry.actor->>'kind' AS actor_kind, entry.reason, known.name AS actor_name
            FROM audit_entry AS entry
            LEFT JOIN person AS known ON known.id = CASE
                WHEN entry.actor->>'name' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                THEN (entry.actor->>'name')::uuid
            END
            WHERE entry.tenant_id = \(tenant) AND entry.action ~ '^(tenant|support|number|member|invitation)[.]'
            ORDER BY entry.seq DESC LIMIT \(TenantDetail.shown)
            """
        ).map { row in
            TenantDetail.Event(
                at: try row.get("at"),
                action: try row.get("action"),
                actor: AuditActor.Kind(rawValue: try row.get("actor_kind")) ?? .system,
                actorName: try row.getOptional("actor_name"),
                reason: try row.getOptional("reason")
            )
        }
    }

    // MARK: Names

    static func names(
        people: Set<PersonID>,
        tenants: Set<TenantID>,
        _ transaction: Transaction
    ) throws -> PlatformNames {
        let known = try transaction.query("SELECT id, name FROM person WHERE id = ANY (\(Array(people))::uuid[])")
        let companies = try transaction.query("SELECT id, name FROM tenant WHERE id = ANY (\(Array(tenants))::uuid[])")
        let staff = try transaction.query(
            """
            SELECT known.id, known.name FROM platform_member AS staff JOIN person AS known ON known.id = staff.person_id
            ORDER BY lower(known.name), known.id LIMIT 200
            """
        )
        return PlatformNames(
            people: try known.reduce(into: [:]) { $0[try $1.get("id", as: PersonID.self)] = try $1.get("name") },
            tenants: try companies.reduce(into: [:]) { $0[try $1.get("id", as: TenantID.self)] = try $1.get("name") },
            staff: try staff.map { PlatformNames.Colleague(person: try $0.get("id"), name: try $0.get("name")) }
        )
    }
}

extension TenantLine {
    fileprivate init(row: Row) throws {
        guard let slug = TenantSlug(try row.get("slug")) else { throw TenantError.unreadable }
        self.init(
            id: try row.get("id"),
            slug: slug,
            name: try row.get("name"),
            state: try row.get("state"),
            isEnding: try row.get("is_ending"),
            region: try row.get("region"),
            numbers: try row.get("numbers"),
            callsThisMonth: try row.get("calls"),
            agentMilliseconds: try row.get("agent_milliseconds"),
            members: try row.get("members"),
            createdAt: try row.get("created_at")
        )
    }
}
