import Calls
import Foundation
import Kernel
import Localization
import PhoneNumbers
import Site
import Tenants

/// What the page of one call says.
struct CallDetailModel {
    private let visit: TenantVisit
    private let detail: CallDetail
    private let words: CallWords
    private let nodes: NodeWords

    init(_ visit: TenantVisit, _ detail: CallDetail) {
        self.visit = visit
        self.detail = detail
        words = CallWords(visit)
        nodes = NodeWords(visit, kinds: detail.nodeKinds)
    }

    private var line: CallLine { detail.line }
    private var isRunning: Bool { line.result == .running }

    var model: Model {
        let mayRead = visit.may(.transcriptsRead)
        let transcript = TranscriptModel(visit, detail, nodes: nodes)
        let path = steps
        let segments = minutes
        return words.status(line).merging([
            "caller": .text(words.caller(line.caller)),
            "call_back": .text(line.caller.e164.map { "tel:\($0.value)" }),
            "meta": .text(meta),
            "flow_name": .text(line.flow?.name),
            "flow_version": .text(line.flow.map { "v\($0.version)" }),
            "course": .text(words.course(line)),
            "earlier": .text(detail.earlier.map { "/anrufe/\($0)" }),
            "later": .text(detail.later.map { "/anrufe/\($0)" }),
            "is_running": .flag(isRunning),
            "live_link": .flag(isRunning && visit.may(.liveWatch)),
            "may_read": .flag(mayRead),
            "turns": .list(mayRead ? transcript.turns : []),
            "has_turns": .flag(mayRead && !detail.turns.isEmpty),
            "no_turns": .text(mayRead && detail.turns.isEmpty ? noTurns : nil),
            "has_latency": .flag(mayRead && detail.turns.contains { !$0.latency.isEmpty }),
            "facts": .list(facts),
            "steps": .list(path),
            "has_steps": .flag(!path.isEmpty),
            "no_steps": .text(path.isEmpty ? visit.text("calls.path_none") : nil),
            "segments": .list(segments),
            "has_segments": .flag(!segments.isEmpty),
            "no_segments": .text(
                segments.isEmpty ? visit.text(isRunning ? "calls.minutes_running" : "calls.minutes_none") : nil
            ),
            "events": .list(EventModel(visit, detail).events),
        ])
    }

    private var meta: String {
        [
            visit.localizer.weekdayDate(line.admittedAt) + ", " + visit.localizer.time(line.admittedAt),
            visit.text("calls.minutes_of", ["duration": words.duration(line)]),
            visit.text("calls.called", ["number": words.number(line.called)]),
        ].joined(separator: " · ")
    }

    private var noTurns: String {
        switch line.result {
        case .refused: visit.text("calls.turns_refused")
        case .running: visit.text("calls.turns_running")
        default: visit.text("calls.turns_none")
        }
    }

    // MARK: Beside the conversation

    private var facts: [Model] {
        var facts: [(String, String)] = [
            (visit.text("calls.fact_begin"), visit.localizer.clockWithSeconds(line.admittedAt))
        ]
        if let end = line.endedAt {
            facts.append((visit.text("calls.fact_end"), visit.localizer.clockWithSeconds(end)))
        }
        let interruptions = detail.turns.count { $0.interrupted }
        if !detail.turns.isEmpty {
            facts.append((visit.text("calls.fact_turns"), visit.localizer.number(detail.turns.count)))
            facts.append((visit.text("calls.fact_interruptions"), visit.localizer.number(interruptions)))
        }
        if let answer = line.answerMs {
            facts.append((visit.text("calls.fact_answer"), visit.localizer.milliseconds(answer)))
        }
        return facts.map { ["fact_name": .text($0.0), "fact_value": .text($0.1)] }
    }

    /// Where the conversation went, in its order; a node that goes on is one step.
    private var steps: [Model] {
        var steps: [(key: String, startedMs: Int)] = []
        for turn in detail.turns where steps.last?.key != turn.node { steps.append((turn.node, turn.startedMs)) }
        return steps.map { step in
            [
                "step_icon": .text(nodes.icon(step.key)),
                "step_name": .text(nodes.name(step.key)),
                "step_kind": .text(nodes.kind(step.key)),
                "step_time": .text(visit.localizer.duration(seconds: step.startedMs / 1_000)),
            ]
        }
    }

    private var minutes: [Model] {
        [UsageKind.bot, .forward].compactMap { kind in
            let milliseconds = detail.segments.filter { $0.kind == kind }.reduce(0) {
                $0 + Int(($1.end.timeIntervalSince($1.start) * 1_000).rounded(.down))
            }
            guard milliseconds > 0 else { return nil }
            let hundredths = (milliseconds + 300) / 600
            return [
                "segment_name": .text(
                    visit.text(
                        "calls.segment_\(kind.rawValue)",
                        ["duration": visit.localizer.duration(seconds: milliseconds / 1_000)]
                    )
                ),
                "segment_minutes": .text(
                    visit.text("calls.minutes_unit", ["n": visit.localizer.decimal(hundredths, digits: 2)])
                ),
            ]
        }
    }
}
