import Audit
package import Database
import Foundation
package import Kernel

/// Writes everything a tenant may take along into a folder: one file of JSON Lines per kind of row, the tenant's chain
/// with its proof, and a file that explains them. Rows are read and written page by page.
///
/// What opens something is left out: hashes of tokens and keys, and the sealed key of the language model.
package struct TenantExport: Sendable {
    package struct Summary: Sendable, Hashable {
        package let files: Int
        /// Of all files but the chain.
        package let rows: Int
    }

    private let database: Database
    private let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// - Parameters:
    ///   - folder: must not exist; it appears under this name when it is complete, for its owner's eyes only.
    ///   - readme: what the folder's `README.txt` says.
    /// - Throws: what the file system or the database throws; then a folder named `….part` may remain.
    func write(_ tenant: TenantID, into folder: URL, readme: String, actor: AuditActor) async throws -> Summary {
        let part = folder.appendingPathExtension("part")
        let files = FileManager.default
        if files.fileExists(atPath: part.path) { try files.removeItem(at: part) }
        try files.createDirectory(
            at: part,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try ExportFile(part.appendingPathComponent("README.txt")).write(readme).close()
        var rows = 0
        for table in ExportTable.all {
            let file = try ExportFile(part.appendingPathComponent("\(table.name).jsonl"))
            rows += try await write(table, of: tenant, to: file)
            try file.close()
        }
        let chain = try ExportFile(part.appendingPathComponent("audit.jsonl"))
        try await AuditExport(database, time: time).export(tenant, as: .jsonl, by: actor) { try chain.write($0) }
        try chain.close()
        try files.moveItem(at: part, to: folder)
        return Summary(files: ExportTable.all.count + 2, rows: rows)
    }

    /// - Returns: how many rows there were.
    private func write(_ table: ExportTable, of tenant: TenantID, to file: ExportFile) async throws -> Int {
        var after = table.start
        var count = 0
        while true {
            let place = after
            let page = try await database.withTenant(tenant) { transaction in
                try transaction.query(table.page(tenant, place)).map { row in
                    ExportedRow(
                        line: try table.line(row, of: tenant, in: transaction),
                        key: try table.keys.map { try row.get($0, as: String.self) }
                    )
                }
            }
            guard let last = page.last else { return count }
            try file.write(page.map { $0.line + "\n" }.joined())
            count += page.count
            after = last.key
        }
    }
}

private struct ExportedRow: Sendable {
    let line: String
    let key: [String]
}

/// A new file that only its owner may read.
struct ExportFile {
    private let handle: FileHandle

    init(_ url: URL) throws {
        let isMade = FileManager.default.createFile(
            atPath: url.path,
            contents: nil,
            attributes: [.posixPermissions: 0o600]
        )
        guard isMade else { throw CocoaError(.fileWriteUnknown) }
        handle = try FileHandle(forWritingTo: url)
    }

    @discardableResult
    func write(_ text: String) throws -> ExportFile {
        try handle.write(contentsOf: Data(text.utf8))
        return self
    }

    func close() throws {
        try handle.synchronize()
        try handle.close()
    }
}
