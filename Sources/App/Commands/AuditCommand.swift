import ArgumentParser
import Audit
import Database
import Foundation
import Kernel
import Localization
import Tenants

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "The audit trail: check it, take it away, anchor its heads, erase personal details.",
        subcommands: [Verify.self, Export.self, Anchor.self, Key.self, Erase.self]
    )

    struct Anchor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep the signed heads of all chains in AUDIT_ANCHOR_DIR now; `work` does so every hour."
        )

        @Option(help: "Why; it stands in the platform's chain.") var reason = "audit heads anchored by hand"

        func run() async throws {
            try await OperatorDesk.run { desk in
                let (folder, key) = try AuditAnchorSettings.ofProcess().required()
                let anchors = AuditAnchors(desk.database, folder: folder, key: key, time: .system)
                do {
                    let (file, chains) = try await anchors.anchor(actor: desk.actor.name, reason: reason)
                    desk.terminal.sayAudit("anchored", ["chains": "\(chains)", "file": file.path])
                } catch let failure as AuditAnchorFolder.Failure {
                    throw desk.terminal.refuseAudit("anchor_failed", ["reason": "\(failure)"])
                }
            }
        }
    }

    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the public key that checks the signatures of anchors."
        )

        func run() async throws {
            let terminal = try Terminal()
            do {
                print(try AuditAnchorSettings.ofProcess().requiredKey().publicKeyText)
            } catch let problems as SettingProblems {
                throw terminal.refuse(problems)
            }
        }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase the personal details of a tenant's entries by or about somebody, for ever.",
            discussion: "The entries themselves stay, and the chain stays valid."
        )

        @Option(help: "The tenant's short name.") var tenant: String
        @Option(help: "A person's id: what the person did, and what was done to it.") var person: String?
        @Option(help: "Another object's kind and id, such as call/….") var object: String?
        @Option(help: "Why; it stands in the audit trail.") var reason: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                let (subjects, object) = try subject(desk.terminal)
                let (actor, reason) = (desk.actor, reason)
                let count = try await desk.database.withTenant(tenant.id) { transaction in
                    let count = try AuditTrail.erase(subjects, in: transaction)
                    try AuditTrail.record(
                        AuditEntry(
                            actor: actor,
                            action: "audit.details_erased",
                            object: object,
                            after: ["count": .integer(Int64(count))],
                            reason: reason
                        ),
                        in: transaction
                    )
                    return count
                }
                desk.terminal.sayAudit("erased", ["count": "\(count)"])
            }
        }

        private func subject(_ terminal: Terminal) throws -> ([AuditSubject], AuditObject) {
            if let person, object == nil, let id = PersonID(person) {
                return (AuditSubject.person(id), AuditObject("person", "\(id)"))
            }
            let parts = (object ?? "").split(separator: "/", maxSplits: 1).map(String.init)
            guard person == nil, parts.count == 2 else { throw terminal.refuseAudit("subject_missing") }
            let object = AuditObject(parts[0], parts[1])
            return ([.object(object)], object)
        }
    }
}

/// One chain: a tenant's or the platform's.
struct AuditChainOption: ParsableArguments {
    @Option(help: "The short name of the tenant whose chain it is.") var tenant: String?
    @Flag(help: "The platform's own chain.") var platform = false

    /// The tenant, nil for the platform.
    func resolve(_ desk: OperatorDesk) async throws -> Tenant? {
        if let tenant, !platform { return try await desk.tenant(tenant) }
        guard platform, tenant == nil else { throw desk.terminal.refuseAudit("chain_missing") }
        return nil
    }
}

extension AuditAnchorSettings {
    static func ofProcess() throws -> AuditAnchorSettings {
        try AuditAnchorSettings(environment: ProcessInfo.processInfo.environment)
    }
}

extension Terminal {
    func auditText(_ key: String, _ arguments: [String: String] = [:]) -> String {
        catalog.text("audit.\(key)", language, arguments)
    }

    func sayAudit(_ key: String, _ arguments: [String: String] = [:]) {
        print(auditText(key, arguments))
    }

    func refuseAudit(_ key: String, _ arguments: [String: String] = [:], _ code: ExitCode = .failure) -> ExitCode {
        complain(auditText(key, arguments))
        return code
    }
}
