import HTTPTypes
import Hummingbird
import Site

/// A page that asks before something is lost: the title is the question, the text names what will be gone, and the
/// button repeats the verb.
struct Confirmation {
    var question: String
    var explanation: String
    /// What will be lost or will not work any more.
    var losses: [String] = []
    /// Why it cannot be done; then there is no button for it.
    var obstacle: String?
    /// What takes the obstacle away: where that is done, and its name.
    var way: (path: String, label: String)?
    var action: String
    var verb: String
    var keep: String
    /// Where one came from, and its name.
    var back: String
    var backLabel: String
    /// Whether something is taken away.
    var isSevere = true

    func page(_ visit: some CheckedVisit, status: HTTPResponse.Status = .ok) -> Response {
        visit.page("tenant/confirm", title: question, model, status: status)
    }

    var model: Model {
        [
            "question": .text(question),
            "consequence": .text(obstacle == nil ? explanation : nil),
            "has_losses": .flag(obstacle == nil && !losses.isEmpty),
            "losses": .list(losses.map { ["loss": .text($0)] }),
            "obstacle": .text(obstacle),
            "way_path": .text(way?.path),
            "way_label": .text(way?.label),
            "is_severe": .flag(isSevere),
            "action": .text(action),
            "verb": .text(verb),
            "keep": .text(keep),
            "back": .text(back),
            "back_label": .text(backLabel),
        ]
    }
}
