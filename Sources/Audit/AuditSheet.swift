import Foundation

/// The export for a spreadsheet: RFC 4180, but with semicolons, which is what the German ones open.
enum AuditSheet {
    static let header = line([
        "seq", "at", "actor_kind", "actor_name", "on_behalf_of", "address_prefix", "action", "object_kind",
        "object_id", "before", "after", "reason", "request_id", "personal", "personal_erased", "previous_hash", "hash",
    ])

    static func line(_ row: AuditRow) -> String {
        let actor: [String: AuditValue] = if case .object(let members) = row.link?.actor { members } else { [:] }
        let personal: String? = if case .kept(let detail) = row.detail { detail.body.canonical } else { nil }
        return line([
            String(row.seq), row.link?.at, actor["kind"]?.string, actor["name"]?.string,
            actor["on_behalf_of"]?.string, actor["address_prefix"]?.string, row.link?.action, row.link?.object.kind,
            row.link?.object.id, row.link?.before?.canonical, row.link?.after?.canonical, row.link?.reason,
            row.link?.requestID, personal, row.detail == .erased ? "1" : nil, row.previousHash.hexadecimal,
            row.hash.hexadecimal,
        ])
    }

    private static func line(_ cells: [String?]) -> String {
        cells.map { cell($0 ?? "") }.joined(separator: ";") + "\r\n"
    }

    /// A cell that a spreadsheet would take for a formula begins with an apostrophe.
    private static func cell(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { text = "'" + text }
        guard text.unicodeScalars.contains(where: { ";\"\r\n".unicodeScalars.contains($0) }) else { return text }
        // By scalars: a quotation mark with a combining accent is a character of its own.
        var quoted = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        return "\"" + String(quoted) + "\""
    }
}
