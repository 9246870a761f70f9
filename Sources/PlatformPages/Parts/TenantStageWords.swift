import Localization
import Site
import Tenants

extension TenantStage {
    /// In addresses.
    var value: String {
        switch self {
        case .active: "aktiv"
        case .suspended: "gesperrt"
        case .ending: "endet"
        case .closed: "beendet"
        }
    }

    /// The end that was asked for is said before all else, because something is to be done until then.
    init(_ state: TenantState, isEnding: Bool) {
        self =
            switch state {
            case .closed: .closed
            case .active, .suspended: isEnding ? .ending : state == .active ? .active : .suspended
            }
    }

    private var look: (tone: String, icon: String) {
        switch self {
        case .active: ("ok", "ok")
        case .suspended: ("bad", "lock")
        case .ending: ("warn", "clock")
        case .closed: ("off", "none")
        }
    }

    func label(_ visit: some CheckedVisit) -> String { visit.text("platform.stage_\(value)") }

    /// What `platform/stage` needs.
    func model(_ visit: some CheckedVisit) -> Model {
        [
            "stage_tone": .text(look.tone), "stage_icon": .text(look.icon), "stage_label": .text(label(visit)),
        ]
    }
}
