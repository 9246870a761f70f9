import Foundation
import NIOCore

/// Named values of a query or of a form (`application/x-www-form-urlencoded`), in their order.
package struct FormValues: Sendable {
    private let fields: [(name: String, value: String)]

    /// What does not decode as UTF-8 is left out.
    package init(_ text: String) {
        fields = text.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = parts.count > 1 ? Self.decode(parts[1]) : "" else {
                return nil
            }
            return (name, value)
        }
    }

    init(body: ByteBuffer) { self.init(String(buffer: body)) }

    /// The first value, exactly as typed.
    package func raw(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The first value without the white space around it; nil if it is missing or empty.
    package func text(_ name: String) -> String? {
        let value = raw(name)?.trimmingCharacters(in: .whitespacesAndNewlines)
        return value?.isEmpty == false ? value : nil
    }

    package func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

    package func isOn(_ name: String) -> Bool { text(name) != nil }

    package func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    private static func decode(_ part: Substring) -> String? {
        part.replacing("+", with: " ").removingPercentEncoding
    }

    /// `text` as it may stand in a query.
    package static func encode(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{21}"..."\u{7E}"))
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    /// A query from names and values, without the question mark.
    package static func query(_ fields: [(String, String)]) -> String {
        fields.map { encode($0.0) + "=" + encode($0.1) }.joined(separator: "&")
    }
}
