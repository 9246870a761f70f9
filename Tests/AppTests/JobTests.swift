import Foundation
import Kernel
import Logging
import ServiceLifecycle
import Telemetry
import TestSupport
import Testing
import Web

@testable import App

@Suite("What a worker does again and again")
struct JobTests {
    private struct Broken: Error {}

    /// A clock whose waits are over at once, until `rounds` of them were; then the waiting task is cancelled.
    private func time(_ rounds: Int, _ waits: Shared<[Duration]>) -> TimeSource {
        TimeSource(
            now: { Date(timeIntervalSince1970: 1_800_000_000) },
            sleep: { duration in
                waits.update { $0.append(duration) }
                if waits.value.count >= rounds { throw CancellationError() }
            }
        )
    }

    private func figures(_ outcomes: [Result<Int, Broken>], _ waits: Shared<[Duration]>) async throws -> String {
        let metrics = Metrics()
        let left = Shared(outcomes)
        let job = Job(
            .denials,
            time: time(outcomes.count, waits),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: metrics
        )
        let task = job.every(.seconds(30)) {
            let next = left.value.first ?? .success(0)
            left.update { $0.removeFirst() }
            return try next.get()
        }
        try await task.run()
        return metrics.render()
    }

    @Test("L2: rounds, what they got done, and the last good one are counted")
    func counted() async throws {
        let waits = Shared<[Duration]>([])
        let text = try await figures([.success(3), .success(0), .success(4)], waits)
        #expect(text.contains(#"voiceagent_job_rounds_total{kind="denials",outcome="done"} 3"#))
        #expect(text.contains(#"voiceagent_job_items_total{kind="denials"} 7"#))
        #expect(text.contains(#"voiceagent_job_done_timestamp_seconds{kind="denials"} 1800000000"#))
        #expect(waits.value == [.seconds(30), .seconds(30), .seconds(30)])
    }

    @Test("a round that fails ends nothing, is counted, and does not count as done")
    func failing() async throws {
        let waits = Shared<[Duration]>([])
        let text = try await figures([.failure(Broken()), .failure(Broken())], waits)
        #expect(text.contains(#"voiceagent_job_rounds_total{kind="denials",outcome="failed"} 2"#))
        #expect(text.contains(#"voiceagent_job_rounds_total{kind="denials",outcome="done"} 0"#))
        #expect(text.contains(#"voiceagent_job_done_timestamp_seconds{kind="denials"} 0"#))
        let mended = try await figures([.failure(Broken()), .success(1)], Shared<[Duration]>([]))
        #expect(mended.contains(#"outcome="done"} 1"#))
    }

    @Test("a process that is asked to stop says that it takes no new work")
    func farewell() async throws {
        let farewell = Farewell()
        #expect(farewell.readiness == .ready)
        let group = ServiceGroup(
            services: [farewell],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(farewell.readiness == .draining)
    }
}
