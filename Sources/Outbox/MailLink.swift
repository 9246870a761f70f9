import Foundation

/// The address a mail leads to.
enum MailLink {
    /// Whether it may stand behind a button: `https`, or `http` on the loopback interface, and nothing in it that could
    /// end an attribute or a line.
    static func isSafe(_ text: String) -> Bool {
        guard text.utf8.count <= 2_048, text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }),
            !text.contains(where: { "\"'<>`".contains($0) }), let parts = URLComponents(string: text),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
        else { return false }
        switch parts.scheme?.lowercased() {
        case "https": return true
        case "http": return host == "localhost" || host == "[::1]" || host == "::1" || host.hasPrefix("127.")
        default: return false
        }
    }
}
