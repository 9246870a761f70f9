/// A statement whose values can never become part of its text.
///
/// It is written as a string literal; every `\(value)` in it becomes a numbered parameter (`$1`, `$2`, …) that travels
/// beside the text:
///
///     tx.query("SELECT name FROM flow WHERE id = \(flowID) AND state = \(state)")
///
/// Another `SQL` may be interpolated too; its text and parameters are woven in. There is deliberately no way to make
/// one from a `String` that is not a literal.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text with `$n` in place of the values: the same for all executions, so that it names the prepared statement.
    package let text: String
    /// The values in PostgreSQL's text format, nil for NULL.
    let parameters: [String?]
    /// What stands before, between and after the values; always one more than there are values.
    private let pieces: [String]

    package init(stringLiteral literal: String) {
        text = literal
        parameters = []
        pieces = [literal]
    }

    package init(stringInterpolation interpolation: StringInterpolation) {
        pieces = interpolation.pieces
        parameters = interpolation.parameters
        text = interpolation.pieces.enumerated().reduce(into: "") { text, piece in
            if piece.offset > 0 { text += "$\(piece.offset)" }
            text += piece.element
        }
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pieces = [""]
        fileprivate var parameters: [String?] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount + 1)
            parameters.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            pieces[pieces.count - 1] += literal
        }

        package mutating func appendInterpolation<Value: PostgresValue>(_ value: Value) {
            parameters.append(value.postgresText)
            pieces.append("")
        }

        /// NULL if there is no value.
        package mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) {
            parameters.append(value?.postgresText)
            pieces.append("")
        }

        package mutating func appendInterpolation(_ fragment: SQL) {
            pieces[pieces.count - 1] += fragment.pieces[0]
            pieces.append(contentsOf: fragment.pieces.dropFirst())
            parameters.append(contentsOf: fragment.parameters)
        }
    }
}
