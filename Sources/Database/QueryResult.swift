import CLibPQ
import Foundation

/// What one statement answered.
struct QueryResult {
    let rows: [Row]
    /// Rows inserted, updated, deleted or selected.
    let affected: Int
    /// The command's name as the server reports it: `COMMIT` may answer `ROLLBACK`.
    let command: String

    static let empty = QueryResult(rows: [], affected: 0, command: "")

    private init(rows: [Row], affected: Int, command: String) {
        self.rows = rows
        self.affected = affected
        self.command = command
    }

    init(_ result: OpaquePointer) throws {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            affected = Int(String(cString: PQcmdTuples(result))) ?? 0
            command = String(cString: PQcmdStatus(result))
            rows = Self.rows(result)
        default:
            throw ServerError(result)
        }
    }

    private static func rows(_ result: OpaquePointer) -> [Row] {
        let width = PQnfields(result)
        var columns: [String: Int] = [:]
        for column in 0..<width {
            columns[String(cString: PQfname(result, column))] = Int(column)
        }
        return (0..<PQntuples(result)).map { row in
            Row(columns: columns, values: (0..<width).map { column in value(result, row, column) })
        }
    }

    private static func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> String? {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The server's refusal, before it is known what it means for the connection.
struct ServerError: Error {
    let sqlState: SQLState
    let constraint: String?

    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue, let text = PQresultErrorField(result, Int32(ascii)) else { return nil }
            return String(cString: text)
        }
        // libpq reports a broken connection by a result without a code.
        sqlState = SQLState(field("C") ?? "08006", message: field("M"))
        constraint = field("n")
    }
}

/// C strings for the time of one call.
enum CStrings {
    typealias Pointers = UnsafePointer<UnsafePointer<CChar>?>?

    static func with<Result>(_ strings: [String?], _ body: (Pointers) throws -> Result) rethrows -> Result {
        let copies = strings.map { string in string.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        return try copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { try body($0.baseAddress) }
    }
}
