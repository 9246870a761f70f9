import Foundation
import Kernel
import TestSupport

/// Numbers, on the pages and by the API.
extension AuditAct {
    static let numbers: [AuditAct] = [
        AuditAct("POST /rufnummern/neu") { scene in
            let (tenant, owner) = try await scene.company()
            let number = scene.newNumber()
            return .form("/rufnummern/neu", adding(number), as: owner.token, to: "/rufnummern/")
                .records(.tenant(tenant, "number.claimed", by: owner.person))
        },
        // Claiming it, and then letting it lead to the flow.
        AuditAct("POST /rufnummern/neu", "with a flow") { scene in
            let (tenant, owner) = try await scene.company()
            let flow = try await scene.database.makeLiveFlow(tenant).flow
            let fields = adding(scene.newNumber(), flow: "\(flow)")
            return .form("/rufnummern/neu", fields, as: owner.token, to: "/rufnummern/")
                .records(.tenant(tenant, "number.claimed", by: owner.person))
                .records(.tenant(tenant, "number.assigned", by: owner.person))
        },
        AuditAct("POST /rufnummern/neu", "one's own") { scene in
            let (line, number, owner) = try await scene.companyWithNumber()
            return .form("/rufnummern/neu", adding(number), as: owner.token, to: "/rufnummern/")
                .records(.tenant(line.tenant, "number.verified", by: owner.person))
        },
        AuditAct("POST /rufnummern/:e164/pruefen") { scene in
            let (line, number, owner) = try await scene.companyWithNumber()
            return .form(page(number, "/pruefen"), as: owner.token, to: "/rufnummern/")
                .records(.tenant(line.tenant, "number.verified", by: owner.person))
        },
        AuditAct("POST /rufnummern/:e164/zuordnen") { scene in
            let (line, number, owner) = try await scene.companyWithNumber()
            let flow = try await scene.database.makeLiveFlow(line.tenant, name: "Abend").flow
            return .form(page(number, "/zuordnen"), [("flow", "\(flow)")], as: owner.token, to: "/rufnummern/")
                .records(.tenant(line.tenant, "number.reassigned", by: owner.person))
        },
        AuditAct("POST /rufnummern/:e164/zuordnen", "to nothing") { scene in
            let (line, number, owner) = try await scene.companyWithNumber()
            return .form(page(number, "/zuordnen"), [("flow", "none")], as: owner.token, to: "/rufnummern/")
                .records(.tenant(line.tenant, "number.unassigned", by: owner.person))
        },
        AuditAct("POST /rufnummern/:e164/freigeben") { scene in
            let (line, number, owner) = try await scene.companyWithNumber()
            let fields = [("ziffern", String(number.value.suffix(4)))]
            return .form(page(number, "/freigeben"), fields, as: owner.token, to: "/rufnummern")
                .records(.tenant(line.tenant, "number.released", by: owner.person))
        },
        AuditAct("POST /plattform/rufnummern/:e164/umziehen") { scene in
            let (line, number, _) = try await scene.companyWithNumber()
            let target = try await scene.database.makeTenant()
            let operating = try await scene.staff("operator")
            let fields = [
                ("mandant", "\(target)"), ("bisher", "\(line.tenant)"), ("flow", "none"),
                ("grund", "Der Betrieb wurde verkauft."), ("ziffern", String(number.value.suffix(4))),
            ]
            return .form("/plattform" + page(number, "/umziehen"), fields, as: operating.token, to: "/plattform/")
                .records(
                    .tenant(line.tenant, "number.moved_out", by: operating.person),
                    .tenant(target, "number.moved_in", by: operating.person)
                )
        },
        // What changes is the carrier's.
        AuditAct("POST /plattform/rufnummern/:e164/leiten") { scene in
            let (line, number, _) = try await scene.companyWithNumber()
            let operating = try await scene.staff("operator")
            let fields = [("grund", "Die Nummer ist neu im Konto.")]
            return .form("/plattform" + page(number, "/leiten"), fields, as: operating.token, to: "/plattform/")
                .records(.tenant(line.tenant, "number.directed", by: operating.person)).recordingOnly()
        },
    ]

    static let api: [AuditAct] = [
        AuditAct("POST /api/v1/numbers") { scene in
            let (tenant, owner) = try await scene.company()
            let key = try await scene.key(owner, "numbers.write")
            return .api("POST", "/numbers", #"{"number":"\#(scene.newNumber().value)"}"#, key: key.text, status: 201)
                .records(.tenant(tenant, "number.claimed", by: key.id))
        },
        // A key of repetition that a failed request leaves behind would refuse the next attempt.
        AuditAct("POST /api/v1/numbers", "repeatable") { scene in
            let (tenant, owner) = try await scene.company()
            let key = try await scene.key(owner, "numbers.write")
            return .api("POST", "/numbers", #"{"number":"\#(scene.newNumber().value)"}"#, key: key.text, status: 201)
                .with(header: "idempotency-key", UUID().uuidString)
                .records(.tenant(tenant, "number.claimed", by: key.id))
        },
        AuditAct("POST /api/v1/numbers", "one's own") { scene in
            let (line, number, owner) = try await scene.companyWithNumber()
            let key = try await scene.key(owner, "numbers.write")
            return .api("POST", "/numbers", #"{"number":"\#(number.value)"}"#, key: key.text, status: 200)
                .records(.tenant(line.tenant, "number.verified", by: key.id))
        },
        AuditAct("PUT /api/v1/numbers/:number/flow") { scene in
            let (line, number, owner) = try await scene.companyWithNumber()
            let flow = try await scene.database.makeLiveFlow(line.tenant, name: "Abend").flow
            let key = try await scene.key(owner, "numbers.assign")
            let path = "/numbers/\(number.value.replacing("+", with: "%2B"))/flow"
            return .api("PUT", path, #"{"flow_id":"\#(flow)"}"#, key: key.text, status: 200)
                .records(.tenant(line.tenant, "number.reassigned", by: key.id))
        },
        AuditAct("DELETE /api/v1/numbers/:number") { scene in
            let (line, number, owner) = try await scene.companyWithNumber()
            let key = try await scene.key(owner, "numbers.write")
            let path = "/numbers/\(number.value.replacing("+", with: "%2B"))"
            return .api("DELETE", path, key: key.text, status: 204)
                .records(.tenant(line.tenant, "number.released", by: key.id))
        },
    ]

    /// The form that adds a number, with the number that was shown for a check.
    private static func adding(_ number: E164, flow: String = "none") -> [(String, String)] {
        [("nummer", number.value), ("land", "AT"), ("flow", flow), ("bestaetigt", number.value)]
    }

    private static func page(_ number: E164, _ act: String) -> String {
        "/rufnummern/\(number.value.dropFirst())\(act)"
    }
}
