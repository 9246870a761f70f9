import HTTPTypes
import Hummingbird
import Site

/// A page that says one thing and leads on.
struct Notice {
    let heading: String
    let text: String
    /// A name in the icon sprite.
    let icon: String
    /// Where to go now, and what the button says.
    let action: (path: String, label: String)
    var status = HTTPResponse.Status.ok

    func answer(_ visit: some CheckedVisit) -> Response {
        visit.page(
            "account/notice",
            title: heading,
            [
                "heading": .text(heading), "explanation": .text(text), "icon": .text(icon),
                "action_path": .text(action.path), "action": .text(action.label),
            ],
            status: status
        )
    }
}
