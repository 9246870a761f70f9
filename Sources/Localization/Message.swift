/// A text of the catalog, with `{name}` where an argument belongs.
package struct Message: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case text(String)
        case argument(String)
    }

    private let parts: [Part]

    /// Nil if a brace is left open or a placeholder is not a plain name.
    package init?(_ source: String) {
        var parts: [Part] = []
        var rest = Substring(source)
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else { return nil }
            let name = rest[rest.index(after: open)..<close]
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            parts.append(.argument(String(name)))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// The names this message wants filled.
    package var placeholders: Set<String> {
        Set(parts.compactMap { if case .argument(let name) = $0 { name } else { nil } })
    }

    /// The text with its arguments. A name without an argument stays visible as `{name}`, so that it is noticed.
    package func text(_ arguments: [String: String] = [:]) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .argument(let name): arguments[name] ?? "{\(name)}"
            }
        }.joined()
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
