import ArgumentParser
import Foundation
import NIOPosix

/// `sandbox dial`: one call, with its transcript as it happens.
struct DialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dial",
        abstract: "Ruft eine Nummer an und schreibt mit, was zu hören ist."
    )

    @OptionGroup var options: DialOptions

    @Option(help: "Schreibt den Anruf fürs Ohr als WAV: links der Anrufer, rechts die anderen.")
    var wav: String?

    @Flag(help: "Gibt am Ende den Bericht als JSON aus statt der Mitschrift.")
    var json = false

    @Option(help: "Schreibt den Bericht als JSON in diese Datei.")
    var report: String?

    func run() async throws {
        let plan = try await planned()
        let isQuiet = json
        let telephone = Telephone { line in
            if !isQuiet { Output.line(line.rendered) }
        }
        let report = try await dial(plan, telephone)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        if let file = self.report { try encoder.encode(report).write(to: URL(fileURLWithPath: file)) }
        if let wav {
            let lines = report.lines
            let sound = try await NIOThreadPool.singleton.runIfActive {
                try CallRecording.render(
                    lines,
                    callerVoice: EspeakVoice(name: "de+m3"),
                    agentVoice: EspeakVoice(name: "de+f3")
                )
            }
            try sound.write(to: URL(fileURLWithPath: wav))
        }
        if json {
            Output.line(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            for line in Self.summary(report) { Output.line(line) }
        }
        if !report.ok { throw ExitCode(1) }
    }

    private func planned() async throws -> DialPlan {
        var plan = try options.plan()
        guard let world = options.world else { return plan }
        let defaults = try await RemoteExchange(base: world).defaults()
        if options.pace == nil { plan.pace = defaults.pace }
        if options.end == nil { plan.abnormalEnd = defaults.end }
        plan.callSid = CarrierSid.make("CA")
        plan.ownNumbers = Set(defaults.numbers)
        return plan
    }

    private func dial(_ plan: DialPlan, _ telephone: Telephone) async throws -> DialReport {
        guard let world = options.world, let callSid = plan.callSid else { return await telephone.dial(plan) }
        let orders = CallOrders()
        return try await RemoteExchange(base: world).attend(callSid: callSid, plan: plan, orders: orders) {
            await telephone.dial(plan, orders: orders)
        }
    }

    static func summary(_ report: DialReport) -> [String] {
        var lines = ["", "Anruf \(report.callSid): \(TranscriptLine.time(report.durationMs))"]
        for stream in report.streams {
            let first = stream.firstSoundMs.map { "\($0) ms bis zum ersten Ton" } ?? "kein Ton"
            lines.append("Medienstrom: \(stream.audioMs / 1_000) s, \(first), \(stream.clears)-mal unterbrochen")
        }
        if !report.answerMs.isEmpty {
            lines.append("Antwort nach \(report.answerMs.map(String.init).joined(separator: ", ")) ms")
        }
        if !report.bargeInMs.isEmpty {
            lines.append("Verstummt nach \(report.bargeInMs.map(String.init).joined(separator: ", ")) ms")
        }
        for dial in report.dials {
            lines.append(
                "Weiterleitung an \(dial.number): \(dial.status), \(dial.bridged ? "verbunden" : "nicht verbunden"), "
                    + "\(dial.durationSeconds) s"
            )
        }
        lines += report.problems.map { "Fehler: \($0)" }
        lines.append(report.ok ? "Der Anruf verlief wie vorgesehen." : "Der Anruf verlief nicht wie vorgesehen.")
        return lines
    }
}
