/// One-dimensional arrays of values that are not NULL (`text[]`, `uuid[]`, `bigint[]`).
extension Array: PostgresValue where Element: PostgresValue {
    package var postgresText: String? {
        "{" + map { PostgresArray.quoted($0.postgresText) }.joined(separator: ",") + "}"
    }

    package init(postgresText: String?) throws(UnreadableValue) {
        let elements = try Self.parsed(postgresText, "an array", PostgresArray.elements)
        var values: [Element] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            values.append(try Element(postgresText: element))
        }
        self = values
    }
}

/// The text format of arrays: `{plain,"with \"quotes\"",NULL}`.
enum PostgresArray {
    static func quoted(_ element: String?) -> String {
        guard let element else { return "NULL" }
        let escaped = element.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// The elements, nil for NULL; nil for anything but a well-formed array of one dimension.
    static func elements(_ text: String) -> [String?]? {
        guard text.hasPrefix("{"), text.hasSuffix("}"), text.count >= 2 else { return nil }
        var rest = text.dropFirst().dropLast()
        var elements: [String?] = []
        while let first = rest.first {
            if first == "\"" {
                guard let element = takeQuoted(&rest) else { return nil }
                elements.append(element)
            } else {
                let plain = rest.prefix { $0 != "," }
                guard !plain.isEmpty, !plain.contains(where: { "{}\"\\".contains($0) }) else { return nil }
                elements.append(plain == "NULL" ? nil : String(plain))
                rest = rest.dropFirst(plain.count)
            }
            guard !rest.isEmpty else { return elements }
            guard rest.first == ",", rest.count > 1 else { return nil }
            rest = rest.dropFirst()
        }
        return elements
    }

    private static func takeQuoted(_ rest: inout Substring) -> String? {
        var element = ""
        var escaped = false
        for index in rest.indices.dropFirst() {
            let character = rest[index]
            if escaped {
                element.append(character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else if character == "\"" {
                rest = rest[rest.index(after: index)...]
                return element
            } else {
                element.append(character)
            }
        }
        return nil
    }
}
