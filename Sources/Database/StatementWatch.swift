import Telemetry

/// Counts statements.
struct StatementWatch: Sendable {
    let executed: Counter

    func willRun(_ text: String, tenant: Any?) {
        executed.increment()
    }
}
