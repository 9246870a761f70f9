/// Why a form was refused.
package enum FormError: Error, Sendable, Equatable {
    /// A broken percent escape, or text that is not UTF-8.
    case malformed
    case tooManyFields
    /// A field that the request cannot do without is missing.
    case missing(String)
    /// A field's value is not of the form it must have.
    case invalid(String)

    /// A stable code that names the field, never its value.
    package var code: String {
        switch self {
        case .malformed: "form_malformed"
        case .tooManyFields: "form_too_many_fields"
        case .missing(let field): "form_missing_\(field)"
        case .invalid(let field): "form_invalid_\(field)"
        }
    }
}

/// Reads `application/x-www-form-urlencoded`.
package enum FormBody {
    /// A request of the carrier has about forty fields.
    package static let maximumFields = 500

    /// The decoded pairs in their order, repeated names included. Nothing is trimmed, since the signature covers it all.
    package static func parse(_ bytes: some Collection<UInt8>) throws(FormError) -> [(String, String)] {
        var fields: [(String, String)] = []
        for piece in bytes.split(separator: UInt8(ascii: "&")) {
            guard fields.count < maximumFields else { throw .tooManyFields }
            let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            fields.append((try text(piece[..<equals]), try text(piece[equals...].dropFirst())))
        }
        return fields
    }

    private static func text(_ bytes: some Sequence<UInt8>) throws(FormError) -> String {
        guard let decoded = PercentEncoding.decoded(bytes), let text = String(validating: decoded, as: UTF8.self) else {
            throw .malformed
        }
        return text
    }
}
