import Calls
import Foundation
import Kernel
import Localization
import Site
import Tenants

/// A running call as the live page shows it: in the reader's words, so that the browser only has to put them in place.
struct LiveCallView: Encodable, Equatable, Sendable {
    struct Turn: Encodable, Equatable, Sendable {
        let ordinal: Int
        /// `caller` or `agent`: how it looks.
        let side: String
        let who: String
        let text: String
    }

    let id: String
    let caller: String
    let flow: String
    /// Since the call began.
    let seconds: Int
    let clock: String
    /// `caller`, `agent`, `thinking`, `nobody`, or `person` once somebody is being rung.
    let voice: String
    let voiceText: String
    let turns: [Turn]
    /// Whether it can be hung up or taken over.
    let canAct: Bool

    init(_ visit: TenantVisit, _ entry: LiveBoard.Entry, at now: Date) {
        let words = CallWords(visit)
        let line = entry.line
        id = line.id.description
        caller = words.caller(line.caller)
        flow = line.flow?.name ?? ""
        seconds = line.seconds(at: now)
        clock = visit.localizer.duration(seconds: line.seconds(at: now))
        voice = line.state == .forwarding ? "person" : entry.voice.rawValue
        voiceText =
            line.state == .forwarding || line.state == .admitted
            ? words.course(line) : visit.text("calls.voice_\(entry.voice.rawValue)")
        turns =
            visit.may(.transcriptsRead)
            ? entry.turns.map { turn in
                Turn(
                    ordinal: turn.ordinal,
                    side: turn.speaker == .caller ? "caller" : "agent",
                    who: visit.text("calls.speaker_\(turn.speaker.rawValue)"),
                    text: turn.heard ?? turn.text
                )
            } : []
        canAct = visit.may(.liveIntervene) && (line.state == .streaming || line.state == .admitted)
    }

    /// What every call's markup needs, for the browser to fill in.
    init(empty visit: TenantVisit) {
        (id, caller, flow, clock, voice, voiceText) = ("", "", "", "", "nobody", "")
        seconds = 0
        turns = []
        canAct = visit.may(.liveIntervene)
    }

    var model: Model {
        [
            "call_id": .text(id), "caller": .text(caller), "flow_name": .text(flow), "seconds": .text(String(seconds)),
            "clock": .text(clock), "voice": .text(voice), "voice_text": .text(voiceText),
            "turns": .list(turns.map(\.model)), "has_turns": .flag(!turns.isEmpty), "can_act": .flag(canAct),
        ]
    }
}

extension LiveCallView.Turn {
    static let empty = Self(ordinal: 0, side: "agent", who: "", text: "")

    var model: Model {
        [
            "turn_ordinal": .text(String(ordinal)), "turn_side": .text(side), "turn_who": .text(who),
            "turn_text": .text(text),
        ]
    }
}
