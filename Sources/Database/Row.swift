/// One row of a result. Columns are asked for by name and type.
package struct Row: Sendable {
    private let columns: [String: Int]
    private let values: [String?]

    init(columns: [String: Int], values: [String?]) {
        self.columns = columns
        self.values = values
    }

    /// The value of `column`, which must not be NULL unless `Value` is optional.
    /// - Throws: `DatabaseError.unreadable` if the column is absent or holds something else.
    package func get<Value: PostgresValue>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let index = columns[column] else {
            throw DatabaseError.unreadable(
                column: column,
                UnreadableValue(expected: "a column of the result", wasNull: false)
            )
        }
        do {
            return try Value(postgresText: values[index])
        } catch {
            throw DatabaseError.unreadable(column: column, error)
        }
    }

    /// The value of `column`, nil if it is NULL.
    package func getOptional<Value: PostgresValue>(
        _ column: String,
        as type: Value.Type = Value.self
    ) throws -> Value? {
        try get(column, as: Value?.self)
    }
}
