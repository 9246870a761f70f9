import Database
import Foundation
import Kernel
import Localization
import Logging
import Mail
import Outbox
import Secrets
import Telemetry
import TestSupport

/// The queue of a test's own database, with a server that takes mails as the test says.
struct OutboxFixture: Sendable {
    /// Later than anything the database's own clock writes during a test.
    static let now = Date(timeIntervalSinceNow: 60)

    let database: TestDatabase
    let outbox: MailOutbox
    let catalog: Catalog
    let metrics = Metrics()
    let sent = Shared<[MailMessage]>([])

    init(_ database: TestDatabase) throws {
        self.database = database
        outbox = MailOutbox(database: database.app, envelope: try Self.envelope())
        catalog = try Catalog.load(resources: RepositoryFolder.resources)
    }

    static func invitation(to address: String = "anna@autohaus.example", name: String = "Anna Größl") -> OutgoingMail {
        OutgoingMail(
            kind: .invitation,
            to: address,
            name: name,
            language: .de,
            arguments: [
                "tenant": "Autohaus Donau", "inviter": "Max Muster", "role": "owner", "days": "7",
                "link": "https://voice.example/einladung/geheimnis",
            ]
        )
    }

    func post(_ mail: OutgoingMail = Self.invitation()) async throws {
        try await database.app.withoutTenant { [outbox] transaction in try outbox.post(mail, in: transaction) }
    }

    /// - Parameter failing: why the server does not take the mail; nil takes it.
    func delivery(
        _ database: Database? = nil,
        time: TimeSource = .still,
        failing: @escaping @Sendable (MailMessage) async -> MailError? = { _ in nil }
    ) throws -> MailDelivery {
        try MailDelivery(
            try database.map { MailOutbox(database: $0, envelope: try Self.envelope()) } ?? outbox,
            catalog: catalog,
            from: try MailAddress("post@voiceagent.example", name: "VoiceAgent"),
            time: time,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: metrics
        ) { [sent] message throws(MailError) in
            if let error = await failing(message) { throw error }
            sent.update { $0.append(message) }
        }
    }

    /// The rows as the owner sees them, the oldest first.
    func rows() async throws -> [OutboxRow] {
        try await database.owner.withoutTenant { transaction in
            try transaction.query(
                """
                SELECT kind, attempts, last_error, next_attempt_at, done_at IS NOT NULL AS done,
                    failed_at IS NOT NULL AS failed, ciphertext IS NULL AND nonce IS NULL AS wiped,
                    claimed_until IS NOT NULL AS claimed
                FROM mail_outbox ORDER BY created_at
                """
            ).map { row in
                OutboxRow(
                    kind: try row.get("kind"),
                    attempts: try row.get("attempts"),
                    error: try row.getOptional("last_error"),
                    next: try row.get("next_attempt_at"),
                    isDone: try row.get("done"),
                    isFailed: try row.get("failed"),
                    isWiped: try row.get("wiped"),
                    isClaimed: try row.get("claimed")
                )
            }
        }
    }

    func figures() async throws -> OutboxFigures {
        try await database.app.withPlatform(actor: "test", reason: "figures") { [outbox] transaction in
            try outbox.figures(in: transaction)
        }
    }

    private static func envelope() throws -> Envelope {
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID())")
        let key = Data((0..<32).map { UInt8(truncatingIfNeeded: $0 * $0 * 7 + 3) }).base64EncodedString()
        try Data("1:\(key)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let ring = try KeyRing(file: file.path)
        try FileManager.default.removeItem(at: file)
        return Envelope(ring: ring)
    }
}

struct OutboxRow: Sendable {
    let kind: String
    let attempts: Int
    let error: String?
    let next: Date
    let isDone: Bool
    let isFailed: Bool
    let isWiped: Bool
    let isClaimed: Bool
}
