/// A query as the older part of the carrier's system writes it anew: decoded into names and values, the values of a
/// repeated name brought together, and encoded again.
enum LegacyQuery {
    static func rewritten(_ query: Substring) -> String {
        var order: [String] = []
        var values: [[UInt8]: [String]] = [:]
        for pair in pairs(in: query) {
            let key = Array(pair.name.utf8)
            if values[key] == nil { order.append(pair.name) }
            values[key, default: []].append(pair.value)
        }
        return order.flatMap { name in
            values[Array(name.utf8), default: []].map { "\(encoded(name))=\(encoded($0))" }
        }
        .joined(separator: "&")
    }

    /// The decoded names and values. A broken escape stays as it is, since the client may have meant it so.
    static func pairs(in query: Substring) -> [(name: String, value: String)] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { piece in
            let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            return (decoded(piece[..<equals]), decoded(piece[equals...].dropFirst()))
        }
    }

    private static func decoded(_ text: Substring.UTF8View) -> String {
        String(decoding: PercentEncoding.decodedLeniently(text), as: UTF8.self)
    }

    private static func encoded(_ text: String) -> String {
        PercentEncoding.encoded(text.utf8) { byte in
            PercentEncoding.isUnreserved(byte) || "!*'()".utf8.contains(byte)
        }
    }
}
