import Database
import Foundation
import Kernel
import TestSupport

/// What the platform's people do to tenants.
extension AuditAct {
    static let platform: [AuditAct] = [
        // Making it, and then inviting its owner.
        AuditAct("POST /plattform/mandanten/neu") { scene in
            let operating = try await scene.staff("operator")
            let fields = [
                ("name", "Tischlerei Neu"), ("kurzname", "t-\(UUID().uuidString.lowercased())"), ("region", "AT"),
                ("sprache", "de"), ("zeitzone", "Europe/Vienna"), ("anrufe", "5"), ("adresse", scene.newAddress()),
            ]
            return .form("/plattform/mandanten/neu", fields, as: operating.token, to: "/plattform/mandanten/")
                .records(.newTenant("tenant.created", by: operating.person))
                .records(.newTenant("member.invited", by: operating.person))
        },
        ofOperator("name", "tenant.renamed", [("name", "Tischlerei Anders")]),
        ofOperator("grenzen", "tenant.limited", [("anrufe", "3"), ("sekunden", "600")]),
        AuditAct("POST /plattform/mandanten/:id/einladen") { scene in
            let operating = try await scene.staff("operator")
            let tenant = try await scene.database.makeTenant()
            let fields = [("adresse", scene.newAddress())]
            return .form(page(tenant, "einladen"), fields, as: operating.token, to: page(tenant))
                .records(.tenant(tenant, "member.invited", by: operating.person))
        },
        ofOperator("sperren", "tenant.suspended", [("grund", "Rechnung offen")]),
        AuditAct("POST /plattform/mandanten/:id/freischalten") { scene in
            let operating = try await scene.staff("operator")
            let tenant = try await scene.database.makeTenant()
            let reason = [("grund", "Rechnung bezahlt")]
            _ = try await scene.send(.form(page(tenant, "sperren"), reason, as: operating.token, to: ""))
            return .form(page(tenant, "freischalten"), reason, as: operating.token, to: page(tenant))
                .records(.tenant(tenant, "tenant.activated", by: operating.person))
        },
        AuditAct("POST /plattform/mandanten/:id/beenden") { scene in
            let operating = try await scene.staff("operator")
            let tenant = try await scene.database.makeTenant()
            return .form(page(tenant, "beenden"), closing(tenant), as: operating.token, to: page(tenant))
                .records(.tenant(tenant, "tenant.closing_asked", by: operating.person))
        },
        AuditAct("POST /plattform/mandanten/:id/behalten") { scene in
            let operating = try await scene.staff("operator")
            let tenant = try await scene.database.makeTenant()
            _ = try await scene.send(.form(page(tenant, "beenden"), closing(tenant), as: operating.token, to: ""))
            let reason = [("grund", "Doch nicht")]
            return .form(page(tenant, "behalten"), reason, as: operating.token, to: page(tenant))
                .records(.tenant(tenant, "tenant.closing_withdrawn", by: operating.person))
        },
    ]

    static let support: [AuditAct] = [
        AuditAct("POST /plattform/mandanten/:id/ansehen") { scene in
            let helping = try await scene.staff("support")
            let (tenant, _) = try await scene.company()
            return .form(page(tenant, "ansehen"), AuditScene.reason, as: helping.token, to: "/uebersicht")
                .records(
                    .tenant(tenant, "support.started", by: helping.person),
                    .platform("support.started", by: helping.person)
                )
        },
        AuditAct("POST /plattform/einsicht/beenden") { scene in
            let (tenant, _) = try await scene.company()
            let look = try await scene.look(into: tenant)
            return .form("/plattform/einsicht/beenden", as: look.token, to: page(tenant))
                .records(
                    .tenant(tenant, "support.ended", by: look.person),
                    .platform("support.ended", by: look.person)
                )
        },
    ]

    /// An operator's act on a tenant that leaves one row in the tenant's chain.
    private static func ofOperator(_ act: String, _ action: String, _ fields: [(String, String)]) -> AuditAct {
        AuditAct("POST /plattform/mandanten/:id/\(act)") { scene in
            let operating = try await scene.staff("operator")
            let tenant = try await scene.database.makeTenant()
            return .form(page(tenant, act), fields, as: operating.token, to: page(tenant))
                .records(.tenant(tenant, action, by: operating.person))
        }
    }

    private static func page(_ tenant: TenantID, _ act: String = "") -> String {
        "/plattform/mandanten/\(tenant)" + (act.isEmpty ? "" : "/\(act)")
    }
}

/// A look of support's into a tenant that goes on.
struct RunningLook: Sendable {
    let access: SupportAccessID
    let person: PersonID
    /// Of the session that shows the tenant.
    let token: String
}

extension AuditScene {
    static let reason = [("grund", "Anruf von der Firma, Ticket 4711"), ("dauer", "30")]

    func look(into tenant: TenantID) async throws -> RunningLook {
        let helping = try await staff("support")
        let reply = try await send(
            .form("/plattform/mandanten/\(tenant)/ansehen", Self.reason, as: helping.token, to: "")
        )
        let access: SupportAccessID? = try await database.owner.withoutTenant { transaction in
            try transaction.queryOne("SELECT id FROM support_access WHERE tenant_id = \(tenant)").map {
                try $0.get("id")
            }
        }
        guard let access, let token = reply.cookie("va_session") else {
            throw Unprepared(what: "a look: \(reply.status)")
        }
        return RunningLook(access: access, person: helping.person, token: token)
    }
}
