import ArgumentParser
import Audit
import Foundation
import Kernel
import Tenants

extension AuditCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check an exported file, or a chain in the database.",
            discussion: """
                Ends with 0 if nothing was changed, 10 chain mismatch, 11 log longer than its head, 12 head longer than \
                the log, 13 anchor mismatch, 66 no export or not readable.
                A chain in the database is also held against the anchors in AUDIT_ANCHOR_DIR.
                """
        )

        @Argument(help: "A file of `audit export` (.jsonl).", completion: .file(extensions: ["jsonl"]))
        var file: String?
        @OptionGroup var chain: AuditChainOption
        @Option(help: "File or folder of anchors; may be repeated.") var anchor: [String] = []
        @Option(help: "Public key of the anchors (`audit key`); may be repeated.") var key: [String] = []
        @Option(help: "Leave out anchors of this time and later, such as 2026-08-02T10:30:00Z.") var before: String?
        @Option(help: "Why, for the platform's chain.") var reason = "audit verify"

        func run() async throws {
            if let file {
                let terminal = try Terminal()
                try report(try judge(file, terminal), terminal)
            } else {
                try await OperatorDesk.run { desk in
                    let tenant = try await chain.resolve(desk)
                    try await verifyDatabase(tenant, desk)
                }
            }
        }

        private func judge(_ file: String, _ terminal: Terminal) throws -> AuditFileVerdict {
            let anchors = try givenAnchors(terminal)
            let keys = try keys(terminal)
            do {
                return try AuditExportVerifier.judge(
                    URL(fileURLWithPath: file),
                    anchors: anchors,
                    publicKeys: keys
                )
            } catch {
                throw terminal.refuseAudit("file_unreadable", ["file": file], .unreadable)
            }
        }

        private func verifyDatabase(_ tenant: Tenant?, _ desk: OperatorDesk) async throws {
            let archive = AuditArchive(desk.database)
            let anchors = try chainAnchors(tenant, desk.terminal).map(\.head)
            let verdict: AuditVerdict
            let erased: Int
            if let tenant {
                verdict = try await archive.verify(tenant.id, anchors: anchors)
                erased = try await archive.erasedDetails(tenant.id)
            } else {
                let actor = desk.actor.name
                verdict = try await archive.platformVerify(actor: actor, reason: reason, anchors: anchors)
                erased = try await archive.platformErasedDetails(actor: actor, reason: reason)
            }
            switch verdict {
            case .intact(let head):
                try report(.intact(head, erasedDetails: erased), desk.terminal)
                if anchors.isEmpty { desk.terminal.sayAudit("no_anchor") }
            case .broken(let seq, let fault):
                desk.terminal.complain(desk.terminal.auditText("place_entry", ["seq": "\(seq)"]))
                throw desk.terminal.refuseAudit(fault.finding)
            }
        }

        /// What is kept of a chain, with signatures that are right: the configured folder's and those given.
        private func chainAnchors(_ tenant: Tenant?, _ terminal: Terminal) throws -> [AuditAnchor] {
            let settings = try AuditAnchorSettings.ofProcess()
            var anchors = try givenAnchors(terminal)
            var keys = try keys(terminal)
            if let folder = settings.folder {
                do {
                    anchors += try AuditAnchorFolder(folder).anchors().filter { anchor in
                        before.map { anchor.time < $0 } ?? true
                    }
                } catch let failure as AuditAnchorFolder.Failure {
                    terminal.complain("\(failure)")
                    throw terminal.refuseAudit(.anchorMismatch)
                }
            }
            if let key = settings.key { keys.append(key.publicKey) }
            let name = tenant.map { "\($0.id)" } ?? "platform"
            let ours = anchors.filter { $0.chain == name }
            guard keys.isEmpty || ours.allSatisfy({ $0.isSigned(byOneOf: keys) }) else {
                throw terminal.refuseAudit(.anchorMismatch)
            }
            return ours
        }

        private func givenAnchors(_ terminal: Terminal) throws -> [AuditAnchor] {
            do {
                let all = try anchor.flatMap { try AuditAnchor.all(at: URL(fileURLWithPath: $0)) }
                return all.filter { anchor in before.map { anchor.time < $0 } ?? true }
            } catch let failure as AuditAnchorFolder.Failure {
                terminal.complain("\(failure)")
                throw terminal.refuseAudit(.anchorMismatch)
            } catch {
                throw terminal.refuseAudit(
                    "file_unreadable",
                    ["file": anchor.joined(separator: ", ")],
                    .unreadable
                )
            }
        }

        private func keys(_ terminal: Terminal) throws -> [Data] {
            try key.map { text in
                guard let key = AuditAnchorKey.publicKey(text) else {
                    throw terminal.refuseAudit("key_malformed", [:], .validationFailure)
                }
                return key
            }
        }

        private func report(_ verdict: AuditFileVerdict, _ terminal: Terminal) throws {
            switch verdict {
            case .intact(let head, let erased):
                terminal.sayAudit("intact", ["count": "\(head.seq)", "hash": head.hashText])
                terminal.sayAudit("details_erased", ["count": "\(erased)"])
            case .broken(let line, let finding):
                terminal.complain(terminal.auditText("place_line", ["line": "\(line)"]))
                throw terminal.refuseAudit(finding)
            case .foreign:
                throw terminal.refuseAudit("no_export", [:], .unreadable)
            }
        }
    }
}

extension ExitCode {
    /// EX_NOINPUT.
    fileprivate static let unreadable = ExitCode(66)
}

extension Terminal {
    fileprivate func refuseAudit(_ finding: AuditFinding) -> ExitCode {
        refuseAudit("finding_\(finding.rawValue)", [:], ExitCode(finding.exitCode))
    }
}
