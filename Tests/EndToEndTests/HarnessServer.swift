import Foundation
import Kernel
import Localization
import Logging
import ServiceLifecycle
import TestSupport

@testable import App

extension Stage {
    struct ServerEnded: Error {
        let log: [String]
    }

    /// Serves in this process while `body` runs, and ends gracefully: running calls are waited for, unless the test
    /// wants otherwise.
    func withServer<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let (listening, opened) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "stage") { _ in log.handler }
        logger.logLevel = options.keepsStatements ? .trace : .notice
        let installation = Installation(
            config: config,
            catalog: try Catalog.load(resources: RepositoryFolder.resources),
            resources: RepositoryFolder.resources,
            logger: logger
        ) { port in
            opened.yield(port)
        }
        // A group of its own, because the product's listens to signals and this process is a test runner.
        let group = ServiceGroup(services: [ServingProcess(installation: installation)], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { opened.finish() }
                try await group.run()
            }
            var ports = listening.makeAsyncIterator()
            guard await ports.next() != nil else {
                try await tasks.waitForAll()
                throw ServerEnded(log: log.lines)
            }
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await body())
                if !options.drains { tasks.cancelAll() }
            } catch {
                outcome = .failure(error)
                // A failed test does not wait for calls that may never end.
                tasks.cancelAll()
            }
            await group.triggerGracefulShutdown()
            do {
                try await tasks.waitForAll()
            } catch is CancellationError {
                return try outcome.get()
            }
            return try outcome.get()
        }
    }
}

private struct ServingProcess: Service {
    let installation: Installation

    func run() async throws {
        try await installation.serve(until: [])
    }
}

/// What the serving process logged, the newest 500 lines.
final class StageLog: Sendable {
    private let kept = Shared<[String]>([])
    private let statementsKept = Shared<[String]>([])

    /// What the serving process asked its database, oldest first; kept if the stage's options say so.
    var statements: [String] { statementsKept.value }

    func forgetStatements() { statementsKept.update { $0.removeAll() } }

    var lines: [String] { kept.value }

    var handler: any LogHandler { Handler(log: self) }

    fileprivate func keep(_ line: String) {
        kept.update { lines in
            lines.append(line)
            if lines.count > 500 { lines.removeFirst(lines.count - 500) }
        }
    }

    fileprivate func keep(statement: String) {
        statementsKept.update { if $0.count < 10_000 { $0.append(statement) } }
    }

    private struct Handler: LogHandler {
        let log: StageLog
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            if event.level == .trace {
                if let text = event.metadata?["db.query.text"] { log.keep(statement: "\(text)") }
                return
            }
            guard event.level >= .notice else { return }
            let details = metadata.merging(event.metadata ?? [:]) { _, own in own }
                .sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value)" }
                .joined(separator: " ")
            log.keep("\(event.level) \(event.message) \(details)")
        }
    }
}
