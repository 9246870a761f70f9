import HTTPTypes

/// How an answer may be compressed on its way (RFC 9110 §8.4.1).
enum ContentCoding: String {
    case brotli = "br"
    case gzip

    /// What the client likes best of what there is; nil if it wants nothing compressed.
    ///
    /// Between equal wishes brotli wins, which is smaller at the same effort.
    static func preferred(_ headers: HTTPFields) -> ContentCoding? {
        let wishes = headers[values: .acceptEncoding].joined(separator: ",").split(separator: ",").compactMap(Wish.init)
        func weight(_ name: String) -> Int {
            wishes.first { $0.name == name }?.weight ?? wishes.first { $0.name == "*" }?.weight ?? 0
        }
        let best: ContentCoding = weight(gzip.rawValue) > weight(brotli.rawValue) ? .gzip : .brotli
        guard weight(best.rawValue) > 0 else { return nil }
        // Whoever names plain text and likes it better gets it.
        let plain = wishes.first { $0.name == "identity" }?.weight ?? 0
        return weight(best.rawValue) >= plain ? best : nil
    }

    /// `gzip;q=0.5`
    private struct Wish {
        let name: String
        /// In thousandths.
        let weight: Int

        init?(_ text: Substring) {
            let parts = text.split(separator: ";").map { part in
                String(part.filter { $0 != " " && $0 != "\t" }).lowercased()
            }
            guard let name = parts.first, !name.isEmpty else { return nil }
            self.name = name == "x-gzip" ? "gzip" : name
            guard let quality = parts.dropFirst().first(where: { $0.hasPrefix("q=") }) else {
                weight = 1_000
                return
            }
            guard let value = Double(quality.dropFirst(2)), (0...1).contains(value) else { return nil }
            weight = Int((value * 1_000).rounded())
        }
    }
}
