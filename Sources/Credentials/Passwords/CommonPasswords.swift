package import Foundation

/// Passwords that many people chose and that attackers try first (requirement B2; ASVS 5.0, 6.2.4 and 6.2.12).
package struct CommonPasswords: Sendable {
    package enum Failure: String, Error, Sendable {
        case unreadable = "common_passwords_unreadable"
        /// Fewer entries than ASVS asks for.
        case tooFew = "common_passwords_too_few"
    }

    /// ASVS 5.0, 6.2.4: at least the top 3,000 that the other rules let pass.
    private static let leastCount = 3_000
    private static let maximumBytes = 4 << 20

    private let entries: Set<String>

    init(_ entries: some Sequence<String>) {
        self.entries = Set(entries.map { $0.lowercased() })
    }

    /// One password a line in UTF-8; empty lines and lines that begin with `# ` are none.
    package static func load(file: URL) throws(Failure) -> CommonPasswords {
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            throw .unreadable
        }
        guard data.count <= maximumBytes, let text = String(data: data, encoding: .utf8) else { throw .unreadable }
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("# ") }.map(String.init)
        let passwords = CommonPasswords(lines)
        guard passwords.count >= leastCount else { throw .tooFew }
        return passwords
    }

    /// How many of them the rule of length lets pass.
    package var count: Int { entries.count { $0.unicodeScalars.count >= PasswordRules.lengths.lowerBound } }

    /// Case does not matter.
    func contains(_ text: String) -> Bool { entries.contains(text.lowercased()) }
}
