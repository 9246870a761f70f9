import HTTPTypes
import Hummingbird
import Localization
import PageParts
import Site
import Tenants

/// A page that asks before an act on a tenant: the title is the question, the text names what follows, a reason is
/// asked for, and the button repeats the verb.
struct TenantAct {
    let tenant: Tenant
    let question: String
    let explanation: String
    /// What will be so afterwards, with an icon of the sprite.
    let consequences: [(icon: String, text: String)]
    let action: String
    let verb: String
    let keep: String
    /// Whether something is taken away.
    let isSevere: Bool

    func page(_ visit: PlatformVisit, reason: String = "", problems: FormProblems = FormProblems()) -> Response {
        let model: Model = [
            "tenant": .text(tenant.name),
            "back": .text(tenant.id.pagePath),
            "question": .text(question),
            "explanation": .text(explanation),
            "consequences": .list(
                consequences.map { ["consequence_icon": .text($0.icon), "consequence": .text($0.text)] }
            ),
            "action": .text(action),
            "verb": .text(verb),
            "keep": .text(keep),
            "is_severe": .flag(isSevere),
            "reason": .text(reason),
        ]
        return visit.page(
            "platform/act",
            title: question,
            model.merging(problems.model(of: ["grund"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }
}
