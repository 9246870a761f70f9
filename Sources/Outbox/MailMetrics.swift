import Foundation
import Telemetry

/// What the delivery of mails reports.
struct MailMetrics: Sendable {
    private let metrics: Metrics
    private let waiting: Gauge
    private let oldest: Gauge

    init(_ metrics: Metrics) {
        self.metrics = metrics
        waiting = metrics.gauge("voiceagent_mail_waiting", help: "Mails that are still to be sent.")
        oldest = metrics.gauge(
            "voiceagent_mail_oldest_waiting_seconds",
            help: "How long the oldest of the mails that are still to be sent has been waiting."
        )
    }

    func count(_ outcome: MailOutcome, _ kind: MailKind?) {
        let label =
            switch outcome {
            case .sent: "sent"
            case .delayed: "delayed"
            case .failed: "failed"
            }
        metrics.counter(
            "voiceagent_mail_attempts_total",
            help: "Attempts to hand a mail over, by kind and outcome.",
            labels: [("outcome", label), ("kind", kind?.rawValue ?? "unknown")]
        ).increment()
    }

    func show(_ figures: OutboxFigures, at now: Date) {
        waiting.set(Double(figures.waiting))
        oldest.set(max(0, figures.oldestWaiting.map { now.timeIntervalSince($0) } ?? 0))
    }
}
