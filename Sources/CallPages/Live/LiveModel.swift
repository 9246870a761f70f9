import Calls
import Foundation
import Localization
import Site
import Tenants

/// What the live page says before anything happens.
struct LiveModel {
    private let visit: TenantVisit

    init(_ visit: TenantVisit) {
        self.visit = visit
    }

    func model(_ running: [RunningCall]) -> Model {
        var board = LiveBoard()
        _ = board.read(running)
        let empty = LiveCallView(empty: visit)
        return [
            "count": .text(Self.count(visit, running.count)),
            "as_of": .text(visit.text("calls.live_as_of", ["time": visit.localizer.clockWithSeconds(visit.now)])),
            "calls": .list(board.entries.map { LiveCallView(visit, $0, at: visit.now).model }),
            "is_empty": .flag(running.isEmpty),
            "may_intervene": .flag(visit.may(.liveIntervene)),
            "may_read": .flag(visit.may(.transcriptsRead)),
            "blank_call": .object(empty.model),
            "blank_turn": .object(LiveCallView.Turn.empty.model),
        ]
    }

    static func count(_ visit: TenantVisit, _ count: Int) -> String {
        switch count {
        case 0: visit.text("calls.live_none")
        case 1: visit.text("calls.live_one")
        default: visit.text("calls.live_many", ["n": visit.localizer.number(count)])
        }
    }
}
