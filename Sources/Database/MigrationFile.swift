import Crypto
package import Foundation

/// One file of `Migrations/`: `0001_roles.sql`. Its number orders it, its checksum guards it.
package struct MigrationFile: Sendable, Equatable {
    /// The file's name, by which the database remembers it.
    package let name: String
    package let number: Int
    /// SHA-256 of the file's bytes, in hexadecimal.
    package let checksum: String
    let sql: String
    /// False if the first line is `-- no-transaction`. Such a file holds a single statement, because PostgreSQL would
    /// wrap several into a transaction of its own.
    let runsInTransaction: Bool

    init(name: String, contents: Data) throws(MigrationError) {
        guard let match = name.wholeMatch(of: /([0-9]{4})_[a-z0-9_]+\.sql/), let number = Int(match.1) else {
            throw .badName(name)
        }
        guard let sql = String(data: contents, encoding: .utf8) else { throw .notText(name) }
        self.name = name
        self.number = number
        self.sql = sql
        checksum = SHA256.hash(data: contents).hexadecimal
        runsInTransaction = sql.prefix { !$0.isNewline } != "-- no-transaction"
    }

    /// The files of `directory` in the order of their numbers.
    package static func all(in directory: URL) throws -> [MigrationFile] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        let files = try names.filter { $0.hasSuffix(".sql") }.map { name in
            try MigrationFile(name: name, contents: Data(contentsOf: directory.appending(path: name)))
        }
        let sorted = files.sorted { $0.number < $1.number }
        for (file, next) in zip(sorted, sorted.dropFirst()) where file.number == next.number {
            throw MigrationError.sameNumber(file.name, next.name)
        }
        guard !sorted.isEmpty else { throw MigrationError.noFiles }
        return sorted
    }

    /// One checksum over all files: equal exactly if they lead to the same schema by the same way.
    package static func checksum(of files: [MigrationFile]) -> String {
        let list = files.map { "\($0.name) \($0.checksum)\n" }.joined()
        return SHA256.hash(data: Data(list.utf8)).hexadecimal
    }
}

/// Why the schema could not be brought up to date. Nothing of the file concerned has been applied.
package enum MigrationError: Error, Equatable {
    case noFiles
    case badName(String)
    case notText(String)
    case sameNumber(String, String)
    /// An applied file is different now: forward only means a new file.
    case changed(String)
    /// An applied file is missing: this program is older than the database, or a file was removed.
    case missing(String)
    /// A file that was not applied comes before one that was.
    case outOfOrder(String)
    /// PostgreSQL refused the file's statements.
    case failed(String, sqlState: SQLState)
}

extension SHA256Digest {
    var hexadecimal: String {
        reduce(into: "") { text, byte in
            text.unicodeScalars.append(Hex.digit(byte >> 4))
            text.unicodeScalars.append(Hex.digit(byte & 15))
        }
    }
}
