import HTTPTypes
import Hummingbird
import Localization
import Site

/// The page before something is lost: it names what, and the button repeats the verb.
struct Confirmation {
    let heading: String
    let text: String
    /// Where the form goes.
    let path: String
    let button: String
    let keep: String

    func answer(_ visit: PersonVisit, _ mistakes: Mistakes, _ status: HTTPResponse.Status) -> Response {
        let model: Model = [
            "heading": .text(heading), "consequence": .text(text), "path": .text(path), "button": .text(button),
            "keep": .text(keep),
        ]
        return visit.page(
            "account/confirmation",
            title: heading,
            model.merging(mistakes.model("entfernen")),
            status: status
        )
    }
}
