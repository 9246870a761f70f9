import Foundation

/// The actions that the product's audit entries name, as its sources spell them.
package enum RecordedActions {
    /// Each action, with a file that records it. What benchmarks record is made up.
    package static func read() throws -> [String: String] {
        let sources = RepositoryFolder.root.appending(path: "Sources")
        let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
            .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Bench/") }
        var actions: [String: String] = [:]
        for name in names {
            let source = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
            guard ["AuditEntry", "AuditTrail", ".entry("].contains(where: source.contains) else { continue }
            // What names a sealed column looks alike.
            let acts = source.replacing(/SealedCell\("[a-z_.]+"/, with: "")
            for match in acts.matches(of: /"([a-z_]+\.[a-z_]+)"/) {
                actions[String(match.1)] = name
            }
        }
        return actions
    }
}
