import ArgumentParser
import Calls
import Foundation
import Kernel
import Localization
import Tenants

struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Calls: what was said and what is metered.",
        subcommands: [List.self, Show.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a tenant's newest calls.")

        @Option(help: "The tenant's short name.") var tenant: String
        @Option(help: "How many, 1 to 1,000.") var limit = 20

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                try await desk.withCalls { calls in
                    for call in try await calls.recent(tenant.id, limit: min(max(limit, 1), 1_000)) {
                        let at = desk.terminal.time(call.admittedAt)
                        print("\(at)\t\(call.callSid)\t\(call.state.rawValue)\t\(call.outcome ?? "-")")
                    }
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a call's transcript and its metered segments."
        )

        @Argument(help: "The carrier's identifier of the call (CA…).") var call: String?
        @Option(help: "The tenant's newest call instead.") var last: String?

        func run() async throws {
            try await OperatorDesk.run { desk in
                try await desk.withCalls { calls in
                    let entry = try await find(calls, desk)
                    try await show(entry, calls, desk.terminal)
                }
            }
        }

        private func find(_ calls: CallArchive, _ desk: OperatorDesk) async throws -> CallArchive.Entry {
            if let last {
                let tenant = try await desk.tenant(last)
                guard let entry = try await calls.recent(tenant.id, limit: 1).first else {
                    throw desk.terminal.refuse("call_none")
                }
                return entry
            }
            guard let sid = CallSid(call ?? "") else {
                throw desk.terminal.refuse("call_sid_malformed", ["call": call ?? ""])
            }
            guard let entry = try await calls.entry(sid) else { throw desk.terminal.refuse("call_unknown") }
            return entry
        }

        private func show(_ entry: CallArchive.Entry, _ calls: CallArchive, _ terminal: Terminal) async throws {
            let caller = entry.caller?.value ?? terminal.text("call_caller_withheld")
            terminal.say("call_head", ["call": "\(entry.callSid)", "caller": caller, "called": entry.called.value])
            terminal.say("call_state", ["state": entry.state.rawValue, "outcome": entry.outcome ?? "-"])
            terminal.say("call_transcript")
            for turn in try await calls.turns(entry.reference) {
                let speaker = terminal.text("speaker_\(turn.speaker.rawValue)")
                print("  \(terminal.clock(milliseconds: turn.startedMs))  \(speaker): \(turn.text)")
                if let heard = turn.heard {
                    print("           (" + terminal.text("turn_interrupted", ["heard": heard]) + ")")
                }
            }
            terminal.say("call_segments")
            let segments = try await calls.segments(entry.reference)
            if segments.isEmpty { print("  " + terminal.text("call_no_segments")) }
            for segment in segments {
                let arguments = [
                    "kind": terminal.text("kind_\(segment.kind.rawValue)"),
                    "seconds": terminal.seconds(segment.end.timeIntervalSince(segment.start)),
                    "start": terminal.time(segment.start),
                    "end": terminal.time(segment.end),
                ]
                print("  " + terminal.text("segment_line", arguments))
            }
        }
    }
}

extension OperatorDesk {
    func withCalls(_ body: (CallArchive) async throws -> Void) async throws {
        try await withFlows { flows in
            // Reading opens no leg, so the life that legs are opened under has no name here.
            let desk = CallDesk(database, flows: flows, life: NodeLife(node: "cli", epoch: 0))
            try await body(CallArchive(database, desk: desk))
        }
    }
}

extension Terminal {
    /// A moment in universal time to the second, ISO 8601.
    func time(_ date: Date) -> String {
        date.formatted(.iso8601)
    }

    /// Audio time as minutes, seconds and tenths.
    func clock(milliseconds: Int) -> String {
        let tenths = milliseconds / 100
        let (minutes, rest) = (tenths / 600, tenths % 600)
        return String(format: "%02d:%02d.%d", minutes, rest / 10, rest % 10)
    }

    func seconds(_ interval: TimeInterval) -> String {
        let text = String(format: "%.1f", interval)
        return language == .de ? text.replacingOccurrences(of: ".", with: ",") : text
    }
}
