import HTTPTypes
import Hummingbird
import Localization
import PageParts
import Site
import Tenants

/// Whom to invite, as it was typed or led here.
struct InvitationForm {
    let email: String
    let role: MemberRole?
    let language: Language

    init(_ form: FormValues, standard: Language) {
        email = String((form.text("adresse") ?? "").prefix(254))
        role = form.text("rolle").flatMap(MemberRole.init(rawValue:))
        language = form.text("sprache").flatMap(Language.init(rawValue:)) ?? standard
    }

    /// - Parameter earlier: an open invitation to the same address, which can be sent again.
    func page(
        _ visit: TenantVisit,
        _ problems: FormProblems = FormProblems(),
        earlier: Invitation? = nil
    ) -> Response {
        let languages = Language.allCases.map { language in
            FormChoice(
                language.rawValue,
                visit.text("tenant.language_\(language.rawValue)"),
                isChosen: language == self.language
            )
        }
        let model: Model = [
            "email": .text(email),
            "roles": .choices(visit.roleChoices(role)),
            "languages": .choices(languages),
            "earlier": .object(earlier.map { offer(visit, $0) }),
        ]
        return visit.page(
            "tenant/invite",
            title: visit.text("tenant.invite_title"),
            model.merging(problems.model(of: ["adresse", "rolle"], visit)),
            status: problems.isEmpty && earlier == nil ? .ok : .unprocessableContent
        )
    }

    private func offer(_ visit: TenantVisit, _ earlier: Invitation) -> Model {
        [
            "heading": .text(visit.text("tenant.invite_again_heading", ["email": earlier.email])),
            "explanation": .text(
                visit.text(
                    "tenant.invite_again_text",
                    [
                        "date": visit.localizer.date(earlier.createdAt),
                        "until": visit.localizer.date(earlier.expiresAt), "role": visit.roleName(earlier.role),
                    ]
                )
            ),
            "again_path": .text(visit.mayTouch(earlier.role) ? "/team/einladungen/\(earlier.id)/erneut" : nil),
        ]
    }
}
