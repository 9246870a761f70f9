import Database
import Foundation
import Kernel

/// A sealed column of an exported table.
struct ExportCell: Sendable {
    let name: String
    private let column: StaticString
    /// The columns of the page that name the row.
    private let row: [String]
    /// What is sealed is a text; otherwise it is JSON.
    private let isText: Bool

    init(_ name: String, _ column: StaticString, by row: [String], isText: Bool = false) {
        self.name = name
        self.column = column
        self.row = row
        self.isText = isText
    }

    /// What stands in the cell of a row, as JSON; `null` if it is empty.
    func json(_ row: Row, of tenant: TenantID, in transaction: Transaction) throws -> String {
        guard let sealed = try row.getOptional(name, as: Data.self) else { return "null" }
        let key = try self.row.map { try row.get($0, as: String.self) }.joined(separator: "/")
        let text = try transaction.open(sealed, of: tenant, in: SealedCell(column, key))
        return isText ? try JSONText(encoding: text).text : text
    }
}

extension ExportTable {
    /// The line of a row with what stood sealed in it.
    func line(_ row: Row, of tenant: TenantID, in transaction: Transaction) throws -> String {
        let line: String = try row.get("line")
        guard !sealed.isEmpty, line.hasSuffix("}") else { return line }
        let members = try sealed.map { cell in
            "\"\(cell.name)\": \(try cell.json(row, of: tenant, in: transaction))"
        }
        return line.dropLast() + ", " + members.joined(separator: ", ") + "}"
    }
}
