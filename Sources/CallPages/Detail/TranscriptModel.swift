import Calls
import Foundation
import Kernel
import Localization
import Site
import Tenants

/// The conversation, turn by turn, with the time that each answer took.
struct TranscriptModel {
    /// The scale of the waterfall: what is longer is cut at its end.
    private static let scaleMs = 2_000

    private let visit: TenantVisit
    private let detail: CallDetail
    private let words: CallWords
    private let nodes: NodeWords

    init(_ visit: TenantVisit, _ detail: CallDetail, nodes: NodeWords) {
        self.visit = visit
        self.detail = detail
        self.nodes = nodes
        words = CallWords(visit)
    }

    /// The turns, and the hand-over at their end.
    var turns: [Model] {
        var node: String?
        var items = detail.turns.map { turn -> Model in
            defer { node = turn.node }
            return model(turn, isNewNode: node != turn.node)
        }
        if let handOver { items.append(handOver) }
        return items
    }

    private func model(_ turn: TurnRecord, isNewNode: Bool) -> Model {
        let seconds = turn.startedMs / 1_000
        let split = turn.interrupted ? Self.split(turn) : (heard: turn.text, rest: "")
        return [
            "is_turn": .flag(true),
            "is_hand_over": .flag(false),
            "turn_class": .text(turn.speaker == .caller ? "turn--caller" : "turn--agent"),
            "turn_id": .text("t\(turn.ordinal)"),
            "turn_time": .text(visit.localizer.duration(seconds: seconds)),
            "turn_who": .text(visit.text("calls.speaker_\(turn.speaker.rawValue)")),
            "turn_node": .text(isNewNode || turn.speaker == .agent ? nodes.name(turn.node) : nil),
            "turn_heard": .text(split.heard),
            "turn_rest": .text(split.rest),
            "turn_interrupted": .text(
                turn.interrupted
                    ? visit.text(
                        "calls.interrupted_after",
                        ["seconds": visit.localizer.decimal((turn.endedMs - turn.startedMs) / 100, digits: 1)]
                    ) : nil
            ),
            "waterfall": .object(waterfall(turn.latency)),
        ]
    }

    /// What was heard of an interrupted sentence, and what was not said any more.
    private static func split(_ turn: TurnRecord) -> (heard: String, rest: String) {
        let heard = turn.heard ?? ""
        guard turn.text.hasPrefix(heard) else { return (heard, "") }
        return (heard, turn.text.dropFirst(heard.count).trimmingCharacters(in: .whitespaces))
    }

    // MARK: The time an answer took

    private func waterfall(_ latency: [String: Int]) -> Model? {
        guard let end = latency["end_of_turn_ms"], let sound = latency["first_sound_ms"] else { return nil }
        let token = min(max(latency["first_token_ms"] ?? end, end), sound)
        let stages = [
            ("stt", visit.text("calls.stage_stt"), 0, end), ("llm", visit.text("calls.stage_llm"), end, token),
            ("tts", visit.text("calls.stage_tts"), token, sound),
        ]
        return [
            "total": .text(visit.localizer.milliseconds(sound)),
            "is_slow": .flag(sound > CallWords.slowMs),
            "goal": .text(Self.percent(CallWords.slowMs)),
            "stages": .list(
                stages.map { name, label, from, to in
                    [
                        "stage_class": .text(name), "stage_label": .text(label),
                        "stage_ms": .text((from == 0 ? "" : "+") + visit.localizer.number(max(0, to - from))),
                        "stage_x": .text(Self.percent(from)), "stage_width": .text(Self.percent(to, from: from)),
                    ]
                }
            ),
        ]
    }

    private static func percent(_ milliseconds: Int, from: Int = 0) -> String {
        let width = min(milliseconds, scaleMs) - min(from, scaleMs)
        return Percent.text(Double(max(0, width)) / Double(scaleMs))
    }

    // MARK: The hand-over

    /// Nil if nobody else was called.
    private var handOver: Model? {
        let line = detail.line
        guard let target = words.target(line) else { return nil }
        let begin = detail.events.last { $0.kind == "continue" }?.at
        let person = detail.segments.last { $0.kind == .forward }
        var sentences: [String] = []
        if let person {
            if let begin, person.start > begin {
                sentences.append(
                    visit.text(
                        "calls.picked_up_after",
                        ["seconds": visit.localizer.number(Int(person.start.timeIntervalSince(begin).rounded()))]
                    )
                )
            }
            sentences.append(
                visit.text(
                    "calls.spoke_with_person",
                    ["from": offset(person.start), "until": offset(person.end)]
                )
            )
        } else if line.result == .handedOver {
            sentences.append(visit.text("calls.taken_without_times"))
        } else if line.result == .running, line.state == .forwarding {
            sentences.append(visit.text("calls.course_forwarding", ["target": target]))
        } else {
            sentences.append(visit.text("calls.nobody_took"))
        }
        return [
            "is_turn": .flag(false),
            "is_hand_over": .flag(true),
            "turn_time": .text(begin.map(offset) ?? ""),
            "hand_over_to": .text(visit.text("calls.hand_over_to", ["target": target])),
            "hand_over_text": .text(sentences.joined(separator: " ")),
            "hand_over_wish": .text(detail.wish.map { visit.text("calls.told_person", ["wish": $0]) }),
        ]
    }

    private func offset(_ date: Date) -> String {
        visit.localizer.duration(seconds: max(0, Int(date.timeIntervalSince(detail.line.admittedAt))))
    }
}
