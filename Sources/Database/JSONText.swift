import Foundation

/// A JSON document on its way to or from a `jsonb` column.
package struct JSONText: Hashable, Sendable, PostgresValue {
    package let text: String

    /// `text` must be JSON; PostgreSQL refuses it otherwise.
    package init(text: String) {
        self.text = text
    }

    /// Keys in a stable order, slashes unescaped.
    package init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        text = String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    package func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    package var postgresText: String? { text }

    package init(postgresText: String?) throws(UnreadableValue) {
        text = try Self.parsed(postgresText, "JSON") { $0 }
    }
}
