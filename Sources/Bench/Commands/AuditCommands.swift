import ArgumentParser
import Foundation
import Kernel

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "How long verifying and exporting an audit chain takes, and whether that grows in proportion.",
        discussion: """
            `bin/bench audit` starts a database with two chains for it, one ten times as long as the other. The times \
            should be ten to one, and the memory the same.
            """
    )

    @Option(help: ArgumentHelp("The program voiceagent; bin/bench knows.", visibility: .private))
    var voiceagent: String

    @Option(help: ArgumentHelp("Resources/audit/verify.py; bin/bench knows.", visibility: .private))
    var verifier: String

    @Option(help: ArgumentHelp("An empty folder for the exports.", visibility: .private))
    var folder: String

    @Option(help: ArgumentHelp("Entries of the long chain.", visibility: .private))
    var entries: Int

    func run() throws {
        let trial = AuditTrial(
            voiceagent: voiceagent,
            verifier: verifier,
            short: AuditTrial.Chain(tenant: "kurz", entries: entries / 10),
            long: AuditTrial.Chain(tenant: "lang", entries: entries),
            folder: folder
        )
        print(trial.text(try trial.run()), terminator: "")
    }
}

struct AuditFillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit-fill",
        abstract: "Append entries to a tenant's audit chain.",
        shouldDisplay: false
    )

    @Option(help: "The tenant's id.")
    var tenant: String

    @Option(help: "How many.")
    var entries: Int

    func validate() throws {
        guard (0...100_000_000).contains(entries) else { throw ValidationError("--entries is out of bounds") }
    }

    func run() async throws {
        guard let tenant = TenantID(tenant) else { throw ValidationError("--tenant is no id") }
        guard let url = ProcessInfo.processInfo.environment["DATABASE_URL"] else {
            throw ValidationError("DATABASE_URL is not set")
        }
        try await AuditFill(tenant: tenant, entries: entries).run(Secret(url))
    }
}
