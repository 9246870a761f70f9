import ArgumentParser
import Foundation
import Synchronization

/// `sandbox load`: many calls, and how they went.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Macht viele Anrufe zugleich und fasst zusammen, wie sie verliefen."
    )

    @OptionGroup var options: DialOptions

    @Option(help: "Wie viele Anrufe insgesamt.")
    var calls = 10

    @Option(help: "Wie viele Anrufe in der Sekunde beginnen.")
    var rate = 5.0

    @Flag(help: "Gibt die Zusammenfassung als JSON aus.")
    var json = false

    mutating func validate() throws {
        if calls < 1 || rate <= 0 { throw ValidationError("--calls und --rate müssen größer als 0 sein") }
    }

    func run() async throws {
        let plan = try options.plan()
        let failures = Mutex(0)
        let summary = await LoadRun(calls: calls, rate: rate, telephone: Telephone()).run(
            plan: { index in
                var plan = plan
                // Callers differ in their last digits, as far as the number is one.
                if plan.from.hasPrefix("+") { plan.from = plan.from.dropLast(5) + String(10_000 + index % 90_000) }
                return plan
            },
            onReport: { report in
                if !report.ok { failures.withLock { $0 += 1 } }
            }
        )
        if json {
            Output.line(String(decoding: try JSONEncoder.sorted.encode(summary), as: UTF8.self))
        } else {
            Output.line("\(summary.calls) Anrufe, \(summary.ok) wie vorgesehen, \(summary.failed) nicht")
            write("Erste Anweisungen (ms, wirklich)", summary.instructionsMs)
            write("Erster Ton (ms Ton)", summary.firstSoundMs)
            write("Antwort (ms Ton)", summary.answerMs)
            write("Verstummt nach Unterbrechung (ms Ton)", summary.bargeInMs)
            for (problem, count) in summary.problems.sorted(by: { $0.value > $1.value }) {
                Output.line("\(count)-mal: \(problem)")
            }
        }
        if failures.withLock({ $0 }) > 0 { throw ExitCode(1) }
    }

    private func write(_ name: String, _ values: LoadRun.Percentiles?) {
        guard let values else { return }
        let texts = [values.p50, values.p95, values.p99, values.max].map { String(Int($0.rounded())) }
        Output.line("\(name): p50 \(texts[0]), p95 \(texts[1]), p99 \(texts[2]), höchstens \(texts[3])")
    }
}
