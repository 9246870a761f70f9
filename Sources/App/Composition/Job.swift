import Database
import Foundation
import Kernel
import Logging
import ServiceLifecycle
import Telemetry

/// Something that `work` does again and again, with the figures that show whether it still does.
struct Job: Sendable {
    /// The value of the label `kind`.
    enum Kind: String, CaseIterable, Sendable {
        case signIns = "sign_ins"
        case denials
        case oldAnswers = "old_answers"
        case auditAnchors = "audit_anchors"
    }

    private let kind: Kind
    private let time: TimeSource
    private let logger: Logger
    private let done: Counter
    private let failed: Counter
    private let items: Counter
    private let lastDone: Gauge

    /// - Parameter metrics: the figures are there from now on, so that a job that never ran shows as well.
    init(_ kind: Kind, time: TimeSource, logger: Logger, metrics: Metrics) {
        self.kind = kind
        self.time = time
        self.logger = logger
        let rounds = { (outcome: String) in
            metrics.counter(
                "voiceagent_job_rounds_total",
                help: "Rounds of the jobs that work does again and again.",
                labels: [("kind", kind.rawValue), ("outcome", outcome)]
            )
        }
        done = rounds("done")
        failed = rounds("failed")
        items = metrics.counter(
            "voiceagent_job_items_total",
            help: "What the jobs got done: events, requests, answers, chains.",
            labels: [("kind", kind.rawValue)]
        )
        lastDone = metrics.gauge(
            "voiceagent_job_done_timestamp_seconds",
            help: "When a round ended well the last time, in seconds since 1970; 0 if none has yet.",
            labels: [("kind", kind.rawValue)]
        )
    }

    /// One round after the other until the process ends. A round that fails is tried again after the same pause and
    /// ends nothing: the next one continues where the last that succeeded ended.
    ///
    /// - Parameter round: returns how many things it got done.
    func every(_ pause: Duration, _ round: @escaping @Sendable () async throws -> Int) -> ServiceTask {
        ServiceTask {
            while true {
                do {
                    succeeded(try await round())
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    failed(error)
                }
                try await time.sleep(pause)
            }
        }
    }

    func succeeded(_ count: Int) {
        done.increment()
        items.increment(by: count)
        lastDone.set(time.now().timeIntervalSince1970)
    }

    /// An error of the database says by itself what may be logged of it; of any other only the type is.
    func failed(_ error: any Error) {
        failed.increment()
        var metadata: Logger.Metadata = ["job.kind": "\(kind.rawValue)", "error.type": "\(type(of: error))"]
        if let error = error as? DatabaseError { metadata["error"] = "\(error)" }
        logger.error("job failed", metadata: metadata)
    }
}
