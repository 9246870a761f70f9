import AsyncHTTPClient
import Database
import Foundation
import Kernel
import Localization
import Logging
import NIOCore
import NIOHTTP1
import Outbox
import Sandbox
import Secrets
import ServiceLifecycle
import TestSupport
import Testing

@testable import App

extension EndToEnd {
    @Suite("What no request waits for")
    struct WorkTests {}
}

extension EndToEnd.WorkTests {
    private static let stage = StageOptions { $0.serves = false }
    private static let recipient = "anna@autohaus.example"

    /// Works in this process while `body` runs.
    ///
    /// - Parameter settings: besides those of the stage.
    private func withWorker(
        _ stage: Stage,
        _ settings: [String: String] = [:],
        _ body: @escaping @Sendable (AppConfig) async throws -> Void
    ) async throws {
        let environment = stage.settings.merging(["WORK_METRICS_PORT": "\(try FreePort.next())"]) { _, own in own }
            .merging(settings) { _, own in own }
        let config = try AppConfig(environment: environment, hostName: "stage")
        let (listening, opened) = AsyncStream.makeStream(of: Int.self)
        let log = stage.log
        var logger = Logger(label: "stage") { _ in log.handler }
        logger.logLevel = .notice
        let worker = Worker(
            config: config,
            catalog: try Catalog.load(resources: RepositoryFolder.resources),
            logger: logger
        ) { opened.yield($0) }
        let group = ServiceGroup(services: [WorkingProcess(worker: worker)], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { opened.finish() }
                try await group.run()
            }
            var ports = listening.makeAsyncIterator()
            let port = await ports.next()
            #expect(port == config.observation.workPort, "\(stage.log.lines)")
            let outcome: Result<Void, any Error>
            do {
                try await body(config)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }

    /// Whether something comes true within ten seconds.
    private func becomes(_ isTrue: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<200 {
            if try await isTrue() { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    private struct Answer {
        let status: UInt
        let text: String
    }

    private func get(_ path: String, _ stage: Stage, _ config: AppConfig) async throws -> Answer {
        let url = "http://127.0.0.1:\(config.observation.workPort)\(path)"
        let response = try await stage.http.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        return Answer(status: response.status.code, text: text)
    }

    private func post(_ stage: Stage) async throws {
        let outbox = MailOutbox(database: stage.database.app, envelope: Envelope(ring: stage.config.keyRing))
        let mail = OutgoingMail(
            kind: .passwordReset,
            to: Self.recipient,
            name: "Anna Größl",
            language: .de,
            arguments: ["minutes": "30", "link": "https://voice.example/passwort/geheimnis"]
        )
        try await stage.database.app.withoutTenant { try outbox.post(mail, in: $0) }
    }

    /// The file that trusts one post office.
    private func certificate(of world: SandboxWorld, in stage: Stage) throws -> String {
        let file = stage.folder.appending(path: "post-\(UUID().uuidString).pem")
        try Data(world.smtpCertificate.utf8).write(to: file)
        return file.path
    }

    @Test("L2: a worker shows its figures and says whether it is well, and nothing else")
    func figures() async throws {
        try await withStage(Self.stage) { stage in
            try await withWorker(stage) { config in
                let live = try await get("/livez", stage, config)
                #expect(live.status == 200)
                let ready = try await get("/readyz", stage, config)
                #expect(ready.status == 200 && ready.text == "ready\n")
                let health = try await get("/api/health", stage, config)
                #expect(health.status == 404)
                for kind in ["sign_ins", "denials", "old_answers"] {
                    let done = #"voiceagent_job_rounds_total{kind="\#(kind)",outcome="done"} 1"#
                    let isDone = try await becomes { try await get("/metrics", stage, config).text.contains(done) }
                    #expect(isDone, "\(kind)")
                }
                let text = try await get("/metrics", stage, config).text
                let names = [
                    "voiceagent_mail_waiting", "voiceagent_database_statements_total", "process_resident_memory_bytes",
                    #"voiceagent_job_done_timestamp_seconds{kind="sign_ins"}"#,
                ]
                for name in names { #expect(text.contains("\n\(name)"), "\(name)") }
            }
        }
    }

    @Test("mails go over STARTTLS and over implicit TLS to a server whose certificate is the trusted one")
    func encrypted() async throws {
        try await withStage(Self.stage) { stage in
            for url in [stage.world.smtpBase, stage.world.smtpsBase] {
                let settings = [
                    "MAIL_URL": url, "MAIL_TLS": "required",
                    "MAIL_CA_FILE": try certificate(of: stage.world, in: stage),
                ]
                try await post(stage)
                try await withWorker(stage, settings) { config in
                    let hasCome = try await becomes { !stage.world.postbox.mails.isEmpty }
                    #expect(hasCome, "\(stage.log.lines)")
                    let sent = #"voiceagent_mail_attempts_total{kind="password_reset",outcome="sent"} 1"#
                    let isCounted = try await becomes { try await get("/metrics", stage, config).text.contains(sent) }
                    #expect(isCounted)
                }
                let mail = try #require(stage.world.postbox.mails.first, "\(url)")
                #expect(mail.isEncrypted && mail.recipients == [Self.recipient], "\(url)")
                stage.world.postbox.empty()
            }
        }
    }

    @Test("a mail to a server with another certificate is not handed over, and waits")
    func otherCertificate() async throws {
        try await withStage(Self.stage) { stage in
            let other = try await SandboxWorld.start(WorldSettings())
            let caFile = try certificate(of: other, in: stage)
            await other.shutdown()
            try await post(stage)
            for url in [stage.world.smtpBase, stage.world.smtpsBase] {
                let settings = ["MAIL_URL": url, "MAIL_TLS": "required", "MAIL_CA_FILE": caFile]
                try await withWorker(stage, settings) { config in
                    let delayed = #"voiceagent_mail_attempts_total{kind="password_reset",outcome="delayed"} 1"#
                    let isTold = try await becomes { try await get("/metrics", stage, config).text.contains(delayed) }
                    #expect(isTold, "\(stage.log.lines)")
                }
                let waiting = try await stage.database.owner.withoutTenant { transaction in
                    let row = try transaction.queryOne("SELECT last_error FROM mail_outbox WHERE done_at IS NULL")
                    try transaction.execute("UPDATE mail_outbox SET next_attempt_at = now()")
                    return try row?.get("last_error") as String?
                }
                #expect(waiting == "smtp_tls", "\(url)")
            }
            #expect(stage.world.postbox.mails.isEmpty)
        }
    }
}

private struct WorkingProcess: Service {
    let worker: Worker

    func run() async throws {
        try await worker.work(until: [])
    }
}
