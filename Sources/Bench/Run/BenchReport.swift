import Foundation

/// The figures of a run as text.
struct BenchReport: Sendable {
    struct Row: Sendable {
        let calls: Int
        let plane: LoadTrial.Plane
        let sinkMillisecondsPerCallSecond: Double?
    }

    let machine: String
    let eventLoops: Int
    let seconds: Int
    var rows: [Row] = []
    var growth: LoadTrial.Growth?

    var text: String {
        var text = "\(machine)\nevent loops: \(eventLoops), measured: \(seconds) s a row\n\n"
        text += TextTable(Self.head + rows.map(\.columns), firstIsText: false).text
        for row in rows where !row.plane.complaints.isEmpty {
            text += "\(row.calls) calls: \(row.plane.complaints.joined(separator: ", "))\n"
        }
        if let growth { text += "\n" + growth.text }
        return text
    }

    private static let head = [
        ["", "CPU ms/", "calls/", "delay", "ms", "clear", "ms", "frames", "KB/", "sink", "ours/", "client"],
        ["calls", "call-s", "core", "p50", "p99", "p50", "p99", "after", "call", "CPU ms", "sink", "late"],
    ]
}

extension BenchReport.Row {
    fileprivate var columns: [String] {
        [
            "\(calls)",
            plane.millisecondsPerCallSecond.text(2),
            plane.millisecondsPerCallSecond > 0 ? (1_000 / plane.millisecondsPerCallSecond).text(0) : "-",
            plane.answers?.p50.text(2) ?? "-",
            plane.answers?.p99.text(2) ?? "-",
            plane.clears?.p50.text(2) ?? "-",
            plane.clears?.p99.text(2) ?? "-",
            "\(plane.framesAfterClear)",
            plane.kilobytesPerCall.text(1),
            sinkMillisecondsPerCallSecond?.text(2) ?? "-",
            ratio?.text(2) ?? "-",
            plane.lateness?.p99.text(2) ?? "-",
        ]
    }

    private var ratio: Double? {
        guard let sink = sinkMillisecondsPerCallSecond, sink > 0 else { return nil }
        return plane.millisecondsPerCallSecond / sink
    }
}

extension LoadTrial.Growth {
    fileprivate var text: String {
        let complaint = complaints.isEmpty ? "" : "  " + complaints.joined(separator: ", ") + "\n"
        return """
            after \(finishedCalls) finished calls: \(kilobytes) KB more resident, \(descriptors) more descriptors, \
            \(sessions) sessions left

            """ + complaint
    }
}
