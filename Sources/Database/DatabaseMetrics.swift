import Kernel
import Telemetry

/// What one login's pool reports; `kind` is the login: `application` or `platform`.
struct DatabaseMetrics: Sendable {
    let wait: Histogram
    let refusedWaits: Counter
    let committed: Histogram
    let rolledBack: Histogram
    let statements: Counter
    let connects: Counter
    let failedConnects: Counter
    let inUse: Gauge

    init(_ metrics: Metrics, kind: String) {
        let labels = [("kind", kind)]
        func transactions(_ outcome: String) -> Histogram {
            metrics.histogram(
                "voiceagent_database_transaction_seconds",
                help: "Time from BEGIN to the end of a transaction.",
                buckets: Histogram.Buckets.realTime + [0.25, 0.5, 1, 2.5, 5],
                labels: labels + [("outcome", outcome)]
            )
        }
        func connects(_ outcome: String) -> Counter {
            metrics.counter(
                "voiceagent_database_connects_total",
                help: "Attempts to connect to PostgreSQL.",
                labels: labels + [("outcome", outcome)]
            )
        }
        wait = metrics.histogram(
            "voiceagent_database_pool_wait_seconds",
            help: "Time until a connection was free.",
            buckets: Histogram.Buckets.realTime + [0.25, 0.5, 1, 2.5, 5],
            labels: labels
        )
        refusedWaits = metrics.counter(
            "voiceagent_database_pool_refusals_total",
            help: "Transactions that were given no connection in time.",
            labels: labels
        )
        committed = transactions("committed")
        rolledBack = transactions("rolled_back")
        statements = metrics.counter(
            "voiceagent_database_statements_total",
            help: "Statements sent, transaction control aside.",
            labels: labels
        )
        self.connects = connects("connected")
        failedConnects = connects("failed")
        inUse = metrics.gauge(
            "voiceagent_database_connections_in_use",
            help: "Connections that work for a transaction.",
            labels: labels
        )
    }
}
