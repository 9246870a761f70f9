import Database
package import Foundation
package import Kernel

/// Figures of a tenant's calls over a period; nobody's words and nobody's number.
package struct CallFigures: Sendable, Hashable {
    /// One column of a chart.
    package struct Bucket: Sendable, Hashable {
        package let start: Date
        package let counts: [CallResult: Int]
        package let answer: AnswerTime?

        package init(start: Date, counts: [CallResult: Int], answer: AnswerTime? = nil) {
            self.start = start
            self.counts = counts
            self.answer = answer
        }

        package var total: Int { counts.values.reduce(0, +) }
    }

    /// From the end of the caller's voice to the first sound of the answer, in milliseconds.
    package struct AnswerTime: Sendable, Hashable {
        package let median: Int
        /// 95 of 100 answers came within this time.
        package let p95: Int

        package init(median: Int, p95: Int) {
            self.median = median
            self.p95 = p95
        }
    }

    package let buckets: [Bucket]
    package let answer: AnswerTime?
    /// Calls of the period it is compared with.
    package let before: Int
    /// From a call's beginning until a person spoke, in whole seconds on average; nil if no person did.
    package let secondsToPerson: Int?

    package init(buckets: [Bucket], answer: AnswerTime?, before: Int, secondsToPerson: Int?) {
        self.buckets = buckets
        self.answer = answer
        self.before = before
        self.secondsToPerson = secondsToPerson
    }

    package var total: Int { buckets.reduce(0) { $0 + $1.total } }

    package func count(_ result: CallResult) -> Int { buckets.reduce(0) { $0 + ($1.counts[result] ?? 0) } }
}

/// Milliseconds that were used, by their kind.
package struct CallMinutes: Sendable, Hashable {
    package let botMs: Int
    package let forwardMs: Int

    package init(botMs: Int, forwardMs: Int) {
        self.botMs = botMs
        self.forwardMs = forwardMs
    }
}

/// What a tenant has set up, to say what is to be done next.
package struct CallSetup: Sendable, Hashable {
    package let hasNumber: Bool
    /// A number leads to a flow that is live.
    package let answers: Bool
    package let hasCalls: Bool

    package init(hasNumber: Bool, answers: Bool, hasCalls: Bool) {
        self.hasNumber = hasNumber
        self.answers = answers
        self.hasCalls = hasCalls
    }
}

/// What is on the page that a tenant begins with.
package struct CallOverview: Sendable {
    package let figures: CallFigures
    package let minutes: CallMinutes
    package let setup: CallSetup
    package let running: Int
    /// The newest calls; empty where they may not be read.
    package let newest: [CallLine]

    package init(
        figures: CallFigures,
        minutes: CallMinutes,
        setup: CallSetup,
        running: Int,
        newest: [CallLine]
    ) {
        self.figures = figures
        self.minutes = minutes
        self.setup = setup
        self.running = running
        self.newest = newest
    }
}

extension CallReading {
    /// - Parameters:
    ///   - starts: when the columns of the chart begin, in their order; the first begins the period.
    ///   - end: when the period ends.
    ///   - comparison: the period of the same length that it is compared with.
    ///   - month: since when minutes are counted.
    ///   - newest: how many of the newest calls are shown; 0 where they may not be read.
    package func overview(
        _ tenant: TenantID,
        starts: [Date],
        end: Date,
        comparison: Range<Date>,
        month: Date,
        newest: Int
    ) async throws -> CallOverview {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
            return CallOverview(
                figures: try queries.figures(starts: starts, end: end, comparison: comparison),
                minutes: try queries.minutes(since: month),
                setup: try queries.setup(),
                running: try queries.countRunning(),
                newest: newest > 0 ? try queries.lines(CallSelection(CallFilter(), queries), limit: newest) : []
            )
        }
    }
}

extension ReadingQueries {
    func figures(starts: [Date], end: Date, comparison: Range<Date>) throws -> CallFigures {
        guard let first = starts.first else {
            return CallFigures(buckets: [], answer: nil, before: 0, secondsToPerson: nil)
        }
        var counts = [[CallResult: Int]](repeating: [:], count: starts.count)
        let counted = try transaction.query(
            """
            SELECT width_bucket(call.admitted_at, \(starts)::timestamptz[]) AS bucket,
                \(CallResult.expression(oldest: oldest)) AS result, count(*) AS calls
            FROM call WHERE call.tenant_id = \(tenant) AND call.admitted_at >= \(first) AND call.admitted_at < \(end)
            GROUP BY 1, 2
            """
        )
        for row in counted {
            let index = try row.get("bucket", as: Int.self) - 1
            if counts.indices.contains(index) { counts[index][try row.get("result")] = try row.get("calls") }
        }
        var answers = [CallFigures.AnswerTime?](repeating: nil, count: starts.count)
        var whole: CallFigures.AnswerTime?
        for row in try answerTimes(starts: starts, from: first, until: end) {
            let time = CallFigures.AnswerTime(median: try row.get("median"), p95: try row.get("p95"))
            guard let bucket = try row.getOptional("bucket", as: Int.self) else {
                whole = time
                continue
            }
            if answers.indices.contains(bucket - 1) { answers[bucket - 1] = time }
        }
        let before = try transaction.queryOne(
            """
            SELECT count(*) AS calls FROM call WHERE tenant_id = \(tenant)
                AND admitted_at >= \(comparison.lowerBound) AND admitted_at < \(comparison.upperBound)
            """
        )
        let person = try transaction.queryOne(
            """
            SELECT round(avg(extract(epoch FROM lower(segment.period) - call.admitted_at)))::int AS seconds
            FROM call JOIN usage_segment AS segment
                ON segment.tenant_id = call.tenant_id AND segment.call_id = call.id AND segment.kind = 'forward'
            WHERE call.tenant_id = \(tenant) AND call.admitted_at >= \(first) AND call.admitted_at < \(end)
            """
        )
        return CallFigures(
            buckets: starts.indices.map {
                CallFigures.Bucket(start: starts[$0], counts: counts[$0], answer: answers[$0])
            },
            answer: whole,
            before: try before?.get("calls") ?? 0,
            secondsToPerson: try person?.getOptional("seconds")
        )
    }

    /// One row for each column, and one without a column for the whole period.
    private func answerTimes(starts: [Date], from first: Date, until end: Date) throws -> [Row] {
        try transaction.query(
            """
            SELECT bucket, percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS median,
                percentile_disc(0.95) WITHIN GROUP (ORDER BY ms) AS p95
            FROM (
                SELECT width_bucket(call.admitted_at, \(starts)::timestamptz[]) AS bucket,
                    (turn.latency ->> 'first_sound_ms')::int AS ms
                FROM call JOIN transcript_turn AS turn
                    ON turn.tenant_id = call.tenant_id AND turn.call_id = call.id AND turn.latency IS NOT NULL
                WHERE call.tenant_id = \(tenant) AND call.admitted_at >= \(first) AND call.admitted_at < \(end)
            ) AS answer
            WHERE ms IS NOT NULL GROUP BY GROUPING SETS ((bucket), ()) HAVING count(*) > 0
            """
        )
    }

    func minutes(since start: Date) throws -> CallMinutes {
        let row = try transaction.queryOne(
            """
            SELECT coalesce(sum(segment.milliseconds) FILTER (WHERE segment.kind = 'bot'), 0)::bigint AS bot,
                coalesce(sum(segment.milliseconds) FILTER (WHERE segment.kind = 'forward'), 0)::bigint AS forward
            FROM call JOIN usage_segment AS segment
                ON segment.tenant_id = call.tenant_id AND segment.call_id = call.id
            WHERE call.tenant_id = \(tenant) AND call.admitted_at >= \(start)
            """
        )
        return CallMinutes(botMs: try row?.get("bot") ?? 0, forwardMs: try row?.get("forward") ?? 0)
    }

    func setup() throws -> CallSetup {
        let row = try transaction.queryOne(
            """
            SELECT
                EXISTS (SELECT FROM number_ownership WHERE tenant_id = \(tenant) AND upper_inf(valid)) AS has_number,
                EXISTS (
                    SELECT FROM number_assignment AS assignment JOIN flow_version AS version
                        ON version.tenant_id = assignment.tenant_id AND version.flow_id = assignment.flow_id
                            AND version.state = 'live'
                    WHERE assignment.tenant_id = \(tenant) AND upper_inf(assignment.valid)
                ) AS answers,
                EXISTS (SELECT FROM call WHERE tenant_id = \(tenant)) AS has_calls
            """
        )
        return CallSetup(
            hasNumber: try row?.get("has_number") ?? false,
            answers: try row?.get("answers") ?? false,
            hasCalls: try row?.get("has_calls") ?? false
        )
    }

    func countRunning() throws -> Int {
        try transaction.queryOne(
            """
            SELECT count(*) AS calls FROM call
            WHERE tenant_id = \(tenant) AND state <> 'ended' AND admitted_at > \(oldest)
            """
        )?.get("calls") ?? 0
    }
}
