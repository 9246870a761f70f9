import Calls
import Database
import Foundation
import Kernel

extension CallLine {
    var json: JSON {
        let isRunning = result == .running
        return [
            "id": .text(id.description),
            "state": .text((isRunning ? CallPhase.running : .ended).rawValue),
            "outcome": isRunning ? .null : .text(result.rawValue),
            "end_reason": .optional(outcome?.rawValue),
            "refusal": .optional(refusal),
            "caller": .optional(caller.e164?.value),
            "caller_kind": .text(caller.word),
            "called": .text(called.value),
            "started_at": .text(Timestamp.text(admittedAt)),
            "ended_at": .optional(endedAt) { .text(Timestamp.text($0)) },
            "duration": .optional(endedAt) { .integer(seconds(at: $0)) },
            "flow": .optional(flow) {
                ["id": .text($0.id.description), "name": .text($0.name), "version": .integer($0.version)]
            },
            "handed_over_to": .optional(target) { ["target": .text($0), "name": .optional(targetName)] },
            "caller_turns": .integer(callerTurns),
            "answer_time": .optional(answerMs) { .seconds(milliseconds: $0) },
        ]
    }
}

extension Caller {
    fileprivate var word: String {
        switch self {
        case .number: "number"
        case .withheld: "withheld"
        case .address: "address"
        }
    }
}

extension TurnRecord {
    var json: JSON {
        let stages = latency.sorted { $0.key < $1.key }.map { stage, milliseconds in
            JSON.Member(
                name: stage.hasSuffix("_ms") ? String(stage.dropLast(3)) : stage,
                value: .seconds(milliseconds: milliseconds)
            )
        }
        return [
            "ordinal": .integer(ordinal),
            "speaker": .text(speaker.rawValue),
            "text": .text(text),
            "interrupted": .bool(interrupted),
            "heard": .optional(heard),
            "start": .seconds(milliseconds: startedMs),
            "end": .seconds(milliseconds: endedMs),
            "node": .text(node),
            "latencies": .object(stages),
        ]
    }
}

extension UsageSegment {
    var json: JSON {
        [
            "id": .text(id.description),
            "kind": .text(kind.rawValue),
            "leg": .text(leg),
            "ordinal": .integer(ordinal),
            "started_at": .text(Timestamp.text(start)),
            "ended_at": .text(Timestamp.text(end)),
            "duration": .seconds(milliseconds: Int((end.timeIntervalSince(start) * 1_000).rounded())),
        ]
    }
}

extension CallEvent {
    /// What was answered to the carrier is left out: it holds addresses and targets of the inside.
    var json: JSON {
        let status: String?
        do {
            status = try JSONParser.parse(Array(body.text.utf8))["status"]?.string
        } catch {
            status = nil
        }
        return ["kind": .text(kind), "at": .text(Timestamp.text(at)), "status": .optional(status)]
    }
}
