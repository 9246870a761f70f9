/// A reply of Redis in version 2 of its protocol.
package enum RESPValue: Sendable, Equatable {
    case status(String)
    case error(String)
    case integer(Int)
    /// Nil is Redis' own null.
    case bulk(String?)
    case array([RESPValue])

    package var text: String? {
        switch self {
        case .status(let text), .bulk(.some(let text)): text
        case .error, .integer, .bulk(.none), .array: nil
        }
    }

    package var number: Int? {
        switch self {
        case .integer(let number): number
        case .bulk(.some(let text)): Int(text)
        case .status, .error, .bulk(.none), .array: nil
        }
    }

    package var elements: [RESPValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}
