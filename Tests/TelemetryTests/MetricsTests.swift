import Foundation
import Telemetry
import Testing

@Suite struct MetricsTests {
    @Test func `one name and label set is one instrument`() {
        let metrics = Metrics()
        metrics.counter("calls_total", help: "Calls.", labels: [("outcome", "answered")]).increment()
        metrics.counter("calls_total", help: "Calls.", labels: [("outcome", "answered")]).increment(by: 2)
        metrics.counter("calls_total", help: "Calls.", labels: [("outcome", "answered")]).increment(by: -5)
        #expect(
            metrics.render() == """
                # HELP calls_total Calls.
                # TYPE calls_total counter
                calls_total{outcome="answered"} 3

                """
        )
    }

    @Test func `gauges rise and fall, also by fractions`() {
        let gauge = Metrics().gauge("calls_active", help: "Calls.")
        gauge.set(2)
        gauge.add(0.5)
        gauge.add(-2)
        #expect(gauge.value == 0.5)
    }

    @Test func `histogram buckets are cumulative and inclusive of their bound`() {
        let metrics = Metrics()
        let histogram = metrics.histogram(
            "turn_seconds",
            help: "Turn.",
            buckets: [1, 0.5],
            labels: [("stage", "total")]
        )
        for value in [0.1, 0.5, 0.75, 2, .nan] { histogram.observe(value) }
        #expect(
            metrics.render() == """
                # HELP turn_seconds Turn.
                # TYPE turn_seconds histogram
                turn_seconds_bucket{stage="total",le="0.5"} 2
                turn_seconds_bucket{stage="total",le="1"} 3
                turn_seconds_bucket{stage="total",le="+Inf"} 4
                turn_seconds_sum{stage="total"} 3.35
                turn_seconds_count{stage="total"} 4

                """
        )
    }

    @Test("L3: a thousand unforeseen label values leave a constant number of series")
    func seriesAreBounded() {
        let metrics = Metrics()
        for index in 0..<1_000 {
            metrics.counter("x_total", help: "X.", labels: [("kind", "value\(index)")]).increment()
        }
        let lines = metrics.render().split(separator: "\n").filter { $0.hasPrefix("x_total") }
        #expect(lines.count == Metrics.seriesLimit + 1)
        #expect(lines.contains { $0 == "x_total{kind=\"other\"} \(1_000 - Metrics.seriesLimit)" })
    }

    @Test func `nothing is lost between threads`() async {
        let metrics = Metrics()
        let counter = metrics.counter("y_total", help: "Y.")
        let gauge = metrics.gauge("y", help: "Y.")
        let histogram = metrics.histogram("y_seconds", help: "Y.")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        gauge.add(1)
                        histogram.observe(0.1)
                    }
                }
            }
        }
        #expect(counter.value == 8_000)
        #expect(gauge.value == 8_000)
        #expect(histogram.count == 8_000)
    }

    @Test("L2: promtool check metrics finds nothing to say", .enabled(if: Promtool.path != nil))
    func promtoolIsContent() throws {
        let metrics = Metrics()
        metrics.observeProcess()
        metrics.counter("calls_total", help: "Calls \\ with\na break.", labels: [("outcome", "a\"b\\c\nd")]).increment()
        metrics.gauge("calls_active", help: "Active calls.").set(1.5)
        metrics.histogram("turn_latency_seconds", help: "Turn.", labels: [("stage", "llm")]).observe(0.3)
        let verdict = try Promtool.check(metrics.render())
        #expect(verdict.status == 0)
        #expect(verdict.output == "")
    }

    @Test func `the process knows its memory, time and descriptors`() throws {
        let metrics = Metrics()
        metrics.observeProcess()
        for name in ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"] {
            let line = try #require(metrics.render().split(separator: "\n").first { $0.hasPrefix("\(name) ") })
            let value = try #require(Double(line.dropFirst(name.count + 1)))
            #expect(value > 0)
        }
    }
}

enum Promtool {
    static let path = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    static func check(_ text: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = ["check", "metrics"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }
}
