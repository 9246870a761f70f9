import ArgumentParser
import Audit
import Foundation
import Kernel
import Tenants

extension AuditCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a chain into a folder: JSON Lines with the verifier beside it, or CSV.",
            discussion: "The export stands in the chain itself, as its last entry."
        )

        @OptionGroup var chain: AuditChainOption
        @Option(help: "An existing folder.", completion: .directory) var to: String
        @Option(help: "jsonl or csv.") var format = "jsonl"
        @Option(help: "Why, for the platform's chain.") var reason = "audit export"

        func run() async throws {
            try await OperatorDesk.run { desk in
                guard let format = AuditExport.Format(rawValue: format) else {
                    throw desk.terminal.refuseAudit("format_unknown", ["format": format])
                }
                let tenant = try await chain.resolve(desk)
                let folder = URL(fileURLWithPath: to, isDirectory: true)
                let name = "audit-\(tenant?.slug.value ?? "platform").\(format.rawValue)"
                let file = folder.appending(path: name, directoryHint: .notDirectory)
                let output = try open(file, desk.terminal)
                let head = try await export(tenant, format, desk) { try output.write(contentsOf: Data($0.utf8)) }
                try output.close()
                if format == .jsonl { try placeVerifier(in: folder) }
                desk.terminal.sayAudit("exported", ["count": "\(head.seq)", "file": file.path])
            }
        }

        private func export(
            _ tenant: Tenant?,
            _ format: AuditExport.Format,
            _ desk: OperatorDesk,
            write: (String) throws -> Void
        ) async throws -> AuditHead {
            let export = AuditExport(desk.database, time: .system)
            let folder = try AuditAnchorSettings.ofProcess().folder.map(AuditAnchorFolder.init)
            guard let tenant else {
                return try await export.exportPlatform(
                    as: format,
                    by: desk.actor,
                    reason: reason,
                    anchor: try folder?.latest(.platform),
                    write: write
                )
            }
            return try await export.export(
                tenant.id,
                as: format,
                by: desk.actor,
                anchor: try folder?.latest(.tenant(tenant.id)),
                write: write
            )
        }

        /// Refuses a file that is there: an export is proof, and is not written over.
        private func open(_ file: URL, _ terminal: Terminal) throws -> FileHandle {
            do {
                try Data().write(to: file, options: .withoutOverwriting)
                return try FileHandle(forWritingTo: file)
            } catch {
                throw terminal.refuseAudit("file_not_written", ["file": file.path])
            }
        }

        private func placeVerifier(in folder: URL) throws {
            let resources = try ProgramFolders(environment: ProcessInfo.processInfo.environment).resources
            let program = try Data(contentsOf: resources.appending(path: "audit/verify.py"))
            try program.write(to: folder.appending(path: "verify.py", directoryHint: .notDirectory))
        }
    }
}
