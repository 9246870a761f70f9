import Foundation
import Kernel

/// A parsed form, asked by name. Of a repeated field the first value counts.
struct FormFields {
    private let values: [String: String]

    init(_ pairs: [(String, String)]) {
        values = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The value as it was sent, which may be empty.
    func raw(_ name: String) throws(FormError) -> String {
        guard let value = values[name] else { throw .missing(name) }
        return value
    }

    /// Nil also for an empty value: the carrier sends some fields empty when they do not apply.
    func optional(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    func sid<Kind>(_ name: String, of kind: Kind.Type = Kind.self) throws(FormError) -> Sid<Kind> {
        guard let sid = Sid<Kind>(try raw(name)) else { throw .invalid(name) }
        return sid
    }

    func optionalSid<Kind>(_ name: String, of kind: Kind.Type = Kind.self) throws(FormError) -> Sid<Kind>? {
        guard let text = optional(name) else { return nil }
        guard let sid = Sid<Kind>(text) else { throw .invalid(name) }
        return sid
    }

    /// A whole number from 0 to 2³¹ − 1.
    func optionalCount(_ name: String) throws(FormError) -> Int? {
        guard let text = optional(name) else { return nil }
        guard let number = Int32(text), number >= 0 else { throw .invalid(name) }
        return Int(number)
    }

    func optionalFlag(_ name: String) throws(FormError) -> Bool? {
        guard let text = optional(name) else { return nil }
        guard let flag = Bool(text) else { throw .invalid(name) }
        return flag
    }

    func optionalTime(_ name: String) throws(FormError) -> Date? {
        guard let text = optional(name) else { return nil }
        guard let time = CarrierTime.parse(text) else { throw .invalid(name) }
        return time
    }
}
