import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import Numbers
import PageParts
import PhoneNumbers
import Site

/// Where a number shall move: first the tenant, then its flow, the reason and the confirmation, with what the boundary
/// between the two tenants means.
struct MovePage {
    static let none = "none"
    /// The shortest reason, in characters.
    static let shortestReason = 10

    let detail: NumberReading.PlatformDetail
    var form = MoveForm(FormValues(""))
    var problems: [(field: String, message: String)] = []
    var check: NumberCheck?

    func page(_ visit: PlatformVisit, status: HTTPResponse.Status? = nil) -> Response {
        let hasFailed = !problems.isEmpty || check != nil
        return visit.page(
            "numbers/move",
            title: visit.text("numbers_page.move_title", ["number": detail.number.line.e164.international]),
            model(visit),
            status: status ?? (hasFailed ? .unprocessableContent : .ok)
        )
    }

    func model(_ visit: PlatformVisit) -> Model {
        let line = detail.number.line
        let target = detail.targets.first { $0.id == form.tenant }
        var model: Model = [
            "number": .text(line.e164.international),
            "back": .text(line.e164.pagePath),
            "action": .text(line.e164.pagePath + "/umziehen"),
            "move_note": .text(visit.text("numbers_page.move_note", ["tenant": detail.number.tenant.name])),
            "obstacle": .text(line.isOwned ? nil : visit.text("numbers_page.move_not_owned")),
            "tenants": .list(
                detail.targets.map { Self.option($0.id.description, $0.name, isChosen: $0.id == target?.id) }
            ),
            "has_target": .flag(target != nil),
            "target": .text(target?.id.description),
            "owner": .text(line.tenant.description),
            "flows": .list(
                [Self.option(Self.none, visit.text("numbers_page.move_flow_none"), isChosen: form.flow == Self.none)]
                    + detail.flows.map { flow in
                        Self.option(
                            flow.id.description,
                            visit.flowName(flow),
                            isChosen: flow.id.description == form.flow
                        )
                    }
            ),
            "reason": .text(form.reason),
            "word": .text(String(line.e164.value.suffix(4))),
            "typed_word": .text(form.digits),
            "boundary": .list((target.map { boundary($0, visit) } ?? []).map { ["consequence": .text($0)] }),
            "has_check": .flag(check != nil),
            "steps": check.map { visit.checklist($0) } ?? false,
            "problems": .object(summary(visit)),
        ]
        for field in ["mandant", "flow", "grund", "ziffern"] {
            model["error_\(field)"] = .text(problems.first { $0.field == field }?.message)
        }
        return model
    }

    private func summary(_ visit: PlatformVisit) -> Model? {
        guard !problems.isEmpty else { return nil }
        return [
            "heading": .text(visit.text("numbers_page.problem_move")),
            "fields": .list(problems.map { ["field": .text($0.field), "message": .text($0.message)] }),
        ]
    }

    private func boundary(_ target: NumberTenant, _ visit: PlatformVisit) -> [String] {
        let names = ["from": detail.number.tenant.name, "to": target.name]
        func text(_ key: String, _ wanted: String...) -> String {
            visit.text("numbers_page.\(key)", names.filter { wanted.contains($0.key) })
        }
        return [
            text("move_boundary_check"), text("move_boundary_new", "to"),
            visit.runningText(
                "numbers_page.move_boundary_running",
                detail.runningCalls,
                detail.runningCalls == 0 ? [:] : names.filter { $0.key == "from" }
            ),
            text("move_boundary_past", "from"),
        ]
    }

    private static func option(_ value: String, _ label: String, isChosen: Bool) -> Model {
        ["value": .text(value), "label": .text(label), "is_chosen": .flag(isChosen)]
    }
}

/// Where a number shall move and why, as it was typed.
struct MoveForm {
    let tenant: TenantID?
    /// Whose number it was when the form was made: somebody else may have moved it since.
    let owner: TenantID?
    let flow: String
    let reason: String
    let digits: String

    init(_ form: FormValues) {
        tenant = form.text("mandant").flatMap(TenantID.init)
        owner = form.text("bisher").flatMap(TenantID.init)
        flow = form.text("flow") ?? MovePage.none
        reason = String((form.text("grund") ?? "").prefix(500))
        digits = String((form.text("ziffern") ?? "").filter { !$0.isWhitespace }.prefix(20))
    }
}
