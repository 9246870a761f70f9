import Calls
import Database
import Foundation
import Localization
import Site
import Tenants

/// What the carrier asked and reported, in words.
struct EventModel {
    private let visit: TenantVisit
    private let detail: CallDetail
    private let words: CallWords

    init(_ visit: TenantVisit, _ detail: CallDetail) {
        self.visit = visit
        self.detail = detail
        words = CallWords(visit)
    }

    var events: [Model] {
        let line = detail.line
        var events: [(at: Date, look: String, text: String)] = []
        if line.result == .refused {
            events.append((line.admittedAt, "is-bad", words.course(line)))
        } else {
            events.append((line.admittedAt, "", visit.text("calls.event_admitted")))
        }
        for event in detail.events {
            if let (look, text) = describe(event) { events.append((event.at, look, text)) }
        }
        if let end = line.endedAt, line.result != .refused {
            events.append((end, line.result == .failed ? "is-bad" : "is-ok", ending))
        }
        return events.sorted { $0.at < $1.at }.map { event in
            [
                "event_time": .text(visit.localizer.clockWithSeconds(event.at)), "event_class": .text(event.look),
                "event_text": .text(event.text),
            ]
        }
    }

    private var ending: String {
        switch detail.line.outcome {
        case .abandoned: visit.text("calls.event_abandoned")
        case .handedOver: visit.text("calls.event_handed_over")
        case .failed: visit.text("calls.event_failed")
        case .completed, .noAnswer, .limit, nil: visit.text("calls.event_ended")
        }
    }

    /// Nil for what says nothing to somebody who reads about a call.
    private func describe(_ event: CallEvent) -> (look: String, text: String)? {
        switch event.kind {
        case "continue", "dial": answer(event)
        case "accepted": ("is-accent", visit.text("calls.event_accepted"))
        case "stream_status" where event.key.hasSuffix(":stream-error"):
            ("is-bad", visit.text("calls.event_stream_error"))
        case "dial_status": dialled(event)
        default: nil
        }
    }

    private func answer(_ event: CallEvent) -> (look: String, text: String)? {
        guard let answer = read(event, as: CallAnswer.self) else { return nil }
        switch answer {
        case .dial:
            let target = words.target(detail.line) ?? ""
            return ("is-accent", visit.text("calls.event_dial", ["target": target]))
        case .stream: return ("", visit.text("calls.event_back"))
        case .announce: return ("", visit.text("calls.event_announced"))
        case .hangUp, .forbidden: return nil
        }
    }

    /// The states of the person's telephone.
    private func dialled(_ event: CallEvent) -> (look: String, text: String)? {
        struct News: Decodable { let status: String? }
        guard let status = read(event, as: News.self)?.status else { return nil }
        switch status {
        case "ringing": return ("", visit.text("calls.event_rings"))
        case "busy": return ("is-bad", visit.text("calls.event_busy"))
        case "no-answer", "no_answer": return ("is-bad", visit.text("calls.event_no_answer"))
        default: return nil
        }
    }

    /// Nil for what another version of the house wrote.
    private func read<Value: Decodable>(_ event: CallEvent, as type: Value.Type) -> Value? {
        do { return try event.body.decode(as: type) } catch { return nil }
    }
}
