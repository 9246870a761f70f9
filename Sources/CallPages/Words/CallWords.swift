import Calls
import Foundation
import Kernel
import Localization
import PhoneNumbers
import Site

/// What pages say about a call.
struct CallWords {
    private let visit: any CheckedVisit

    init(_ visit: any CheckedVisit) {
        self.visit = visit
    }

    // MARK: Who

    func caller(_ caller: Caller) -> String {
        switch caller {
        case .number(let number): number.international
        case .withheld: visit.text("calls.withheld")
        case .address: visit.text("calls.address")
        }
    }

    /// A number that the tenant's flows do not name.
    func number(_ number: E164) -> String { number.international }

    // MARK: Result

    func result(_ line: CallLine) -> String {
        switch line.result {
        case .running: visit.text("calls.state_\(line.state.rawValue)")
        case .dropped:
            switch line.outcome {
            case .noAnswer: visit.text("calls.result_silent")
            case .limit: visit.text("calls.result_limit")
            default: visit.text("calls.result_dropped")
            }
        default: result(line.result)
        }
    }

    func result(_ result: CallResult) -> String { visit.text("calls.result_\(result.rawValue)") }

    /// What the icon, the colour and the word of a result are.
    func status(_ line: CallLine) -> Model {
        let (kind, icon) = Self.look(line)
        return ["status_kind": .text(kind), "status_icon": .text(icon), "status_text": .text(result(line))]
    }

    private static func look(_ line: CallLine) -> (kind: String, icon: String) {
        switch line.result {
        case .running: line.state == .forwarding ? ("accent", "handoff") : ("ok", "pulse")
        case .solved: ("ok", "ok")
        case .handedOver: ("accent", "handoff")
        case .dropped: line.outcome == .limit ? ("warn", "history") : ("off", "hangup")
        case .failed: ("bad", "error")
        case .refused: ("warn", "warning")
        }
    }

    /// How the call went, in a sentence.
    func course(_ line: CallLine) -> String {
        let target = target(line)
        switch line.result {
        case .running:
            switch line.state {
            case .forwarding: return visit.text("calls.course_forwarding", ["target": target ?? ""])
            case .admitted: return visit.text("calls.course_admitted")
            case .streaming, .ended: return visit.text("calls.course_streaming")
            }
        case .solved:
            if let target { return visit.text("calls.course_back", ["target": target]) }
            return visit.text(line.outcome == .completed ? "calls.course_completed" : "calls.course_caller_ended")
        case .handedOver: return visit.text("calls.course_handed_over", ["target": target ?? ""])
        case .dropped:
            switch line.outcome {
            case .noAnswer: return visit.text("calls.course_silent")
            case .limit: return visit.text("calls.course_limit")
            default:
                if let target { return visit.text("calls.course_left_waiting", ["target": target]) }
                return visit.text(line.callerTurns == 0 ? "calls.course_left_greeting" : "calls.course_left")
            }
        case .failed:
            if let target { return visit.text("calls.course_failed_target", ["target": target]) }
            return visit.text(line.outcome == nil ? "calls.course_unknown" : "calls.course_failed")
        case .refused:
            let known = ["concurrency"].contains(line.refusal ?? "")
            return visit.text(known ? "calls.refusal_\(line.refusal ?? "")" : "calls.refusal_other")
        }
    }

    /// Whom the call was given to; nil if it was not.
    func target(_ line: CallLine) -> String? {
        guard let target = line.target else { return nil }
        if let name = line.targetName { return name }
        switch target {
        case "overflow": return visit.text("calls.target_overflow")
        case HandOverIntent.takeOver: return visit.text("calls.target_takeover")
        default: return target
        }
    }

    // MARK: Times

    func duration(_ line: CallLine) -> String {
        visit.localizer.duration(seconds: line.seconds(at: visit.now))
    }

    /// `19.11.` beside a time of day; the year only where it is another one.
    func day(_ date: Date) -> String {
        let full = visit.localizer.date(date)
        guard visit.language == .de else { return full }
        let year = visit.localizer.date(visit.now).suffix(4)
        return full.hasSuffix(year) ? String(full.dropLast(4)) : full
    }

    func milliseconds(_ value: Int?) -> String {
        value.map(visit.localizer.milliseconds) ?? "–"
    }

    /// Above this the caller notices the wait: the design's goal for 95 of 100 answers.
    static let slowMs = 1_200
}
