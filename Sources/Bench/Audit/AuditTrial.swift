import Foundation

/// Verifies and exports a short and a long chain with the product's own commands.
struct AuditTrial: Sendable {
    struct Chain: Sendable {
        /// The tenant's short name.
        let tenant: String
        let entries: Int
    }

    struct Line: Sendable {
        let name: String
        /// Of the short and of the long chain.
        let short: MeasuredProcess
        let long: MeasuredProcess
    }

    struct Failed: Error, CustomStringConvertible {
        let command: String
        let status: Int32

        var description: String { "\(command) ended with \(status)" }
    }

    let voiceagent: String
    let verifier: String
    let short: Chain
    let long: Chain
    /// An empty folder for the exports.
    let folder: String

    func run() throws -> [Line] {
        // The short one before and after the long one, so that a machine that becomes busier does not look like growth.
        let verify = try interleaved("verify") { chain in
            try measure(voiceagent, ["audit", "verify", "--tenant", chain.tenant])
        }
        var round = 0
        let export = try interleaved("export") { chain in
            round += 1
            let place = "\(folder)/\(round)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
            return try measure(voiceagent, ["audit", "export", "--tenant", chain.tenant, "--to", place])
        }
        let judge = try interleaved("verify.py") { chain in
            // The first export is the short chain's, the second the long one's.
            let file = "\(folder)/\(chain.tenant == short.tenant ? 1 : 2)/audit-\(chain.tenant).jsonl"
            return try measure("/usr/bin/env", ["python3", verifier, file])
        }
        return [verify, export, judge]
    }

    private func interleaved(_ name: String, _ measure: (Chain) throws -> MeasuredProcess) throws -> Line {
        Progress.tell("\(name) of \(short.entries) and \(long.entries) entries")
        let before = try measure(short)
        let middle = try measure(long)
        let after = try measure(short)
        return Line(name: name, short: before.joined(after), long: middle)
    }

    private func measure(_ program: String, _ arguments: [String]) throws -> MeasuredProcess {
        let measured = try MeasuredProcess(program, arguments)
        guard measured.status == 0 else {
            throw Failed(command: arguments.prefix(2).joined(separator: " "), status: measured.status)
        }
        return measured
    }
}

extension AuditTrial {
    func text(_ lines: [Line]) -> String {
        let head = [
            "", "entries", "seconds", "a second", "peak", "entries", "seconds", "a second", "peak", "time", "memory",
        ]
        let rows = lines.map { line in
            [line.name] + Self.cells(short, line.short) + Self.cells(long, line.long) + [
                (line.long.seconds / line.short.seconds).text(1),
                (Double(line.long.peakKilobytes) / Double(max(1, line.short.peakKilobytes))).text(2),
            ]
        }
        return TextTable([head] + rows, firstIsText: true).text
    }

    private static func cells(_ chain: Chain, _ process: MeasuredProcess) -> [String] {
        [
            "\(chain.entries)", process.seconds.text(1), (Double(chain.entries) / process.seconds).text(0),
            "\(process.peakKilobytes / 1_024) MB",
        ]
    }
}
