import Foundation
import Kernel
import TestSupport

/// What members do in their tenant.
extension AuditAct {
    static let team: [AuditAct] = [
        AuditAct("POST /team/einladen") { scene in
            let (tenant, owner) = try await scene.company()
            let fields = [("adresse", scene.newAddress()), ("rolle", "admin"), ("sprache", "de")]
            return .form("/team/einladen", fields, as: owner.token, to: "/team")
                .records(.tenant(tenant, "member.invited", by: owner.person))
        },
        AuditAct("POST /team/einladungen/:id/erneut") { scene in
            let (tenant, owner) = try await scene.company()
            let id = try await scene.invitation(tenant, to: scene.newAddress()).id
            return .form("/team/einladungen/\(id)/erneut", as: owner.token, to: "/team")
                .records(.tenant(tenant, "member.reinvited", by: owner.person))
        },
        AuditAct("POST /team/einladungen/:id/widerrufen") { scene in
            let (tenant, owner) = try await scene.company()
            let id = try await scene.invitation(tenant, to: scene.newAddress()).id
            return .form("/team/einladungen/\(id)/widerrufen", as: owner.token, to: "/team")
                .records(.tenant(tenant, "invitation.revoked", by: owner.person))
        },
        AuditAct("POST /team/verlassen") { scene in
            let (tenant, _) = try await scene.company()
            let member = try await scene.database.makeMember(tenant, "editor")
            return .form("/team/verlassen", as: member.token, to: "/mandant")
                .records(.tenant(tenant, "member.left", by: member.person))
        },
        AuditAct("POST /team/:id/rolle") { scene in
            let (tenant, owner) = try await scene.company()
            let member = try await scene.database.makeMember(tenant, "viewer")
            return .form("/team/\(member.person)/rolle", [("rolle", "owner")], as: owner.token, to: "/team")
                .records(.tenant(tenant, "member.role_changed", by: owner.person))
        },
        AuditAct("POST /team/:id/entfernen") { scene in
            let (tenant, owner) = try await scene.company()
            let member = try await scene.database.makeMember(tenant, "editor")
            return .form("/team/\(member.person)/entfernen", as: owner.token, to: "/team")
                .records(.tenant(tenant, "member.removed", by: owner.person))
        },
    ]

    static let keys: [AuditAct] = [
        AuditAct("POST /api-schluessel/neu") { scene in
            let (tenant, owner) = try await scene.company()
            let fields = [("name", "Kasse"), ("recht", "calls.read"), ("ablauf", "30")]
            return .form("/api-schluessel/neu", fields, as: owner.token, to: "").answering(200)
                .records(.tenant(tenant, "key.created", by: owner.person))
        },
        AuditAct("POST /api-schluessel/:id/widerrufen") { scene in
            let (tenant, owner) = try await scene.company()
            let key = try await scene.key(owner, "calls.read")
            return .form("/api-schluessel/\(key.id)/widerrufen", as: owner.token, to: "/api-schluessel")
                .records(.tenant(tenant, "key.revoked", by: owner.person))
        },
    ]

    static let settings: [AuditAct] = [
        AuditAct("POST /einstellungen") { scene in
            let (tenant, owner) = try await scene.company()
            let fields = [
                ("firma", "Bäckerei Anders"), ("region", "AT"), ("sprache", "de"), ("zeitzone", "Europe/Vienna"),
                ("land", "AT"),
            ]
            return .form("/einstellungen", fields, as: owner.token, to: "/einstellungen")
                .records(.tenant(tenant, "tenant.changed", by: owner.person))
        },
        AuditAct("POST /einstellungen/modell-schluessel") { scene in
            let (tenant, owner) = try await scene.company()
            let fields = [("schluessel", "sk-ein-eigener")]
            return .form("/einstellungen/modell-schluessel", fields, as: owner.token, to: "/einstellungen")
                .records(.tenant(tenant, "model_key.stored", by: owner.person))
        },
        AuditAct("POST /einstellungen/modell-schluessel/entfernen") { scene in
            let (tenant, owner) = try await scene.company()
            let fields = [("schluessel", "sk-ein-eigener")]
            _ = try await scene.send(.form("/einstellungen/modell-schluessel", fields, as: owner.token, to: ""))
            return .form("/einstellungen/modell-schluessel/entfernen", as: owner.token, to: "/einstellungen")
                .records(.tenant(tenant, "model_key.removed", by: owner.person))
        },
        AuditAct("POST /einstellungen/support/:id/beenden") { scene in
            let (tenant, owner) = try await scene.company()
            let access = try await scene.look(into: tenant).access
            return .form("/einstellungen/support/\(access)/beenden", as: owner.token, to: "/einstellungen")
                .records(
                    .tenant(tenant, "support.ended", by: owner.person),
                    .platform("support.ended", by: owner.person)
                )
        },
        AuditAct("POST /einstellungen/beenden") { scene in
            let (tenant, owner) = try await scene.company()
            return .form("/einstellungen/beenden", closing(tenant), as: owner.token, to: "/einstellungen")
                .records(.tenant(tenant, "tenant.closing_asked", by: owner.person))
        },
        AuditAct("POST /einstellungen/beenden/zuruecknehmen") { scene in
            let (tenant, owner) = try await scene.company()
            _ = try await scene.send(.form("/einstellungen/beenden", closing(tenant), as: owner.token, to: ""))
            return .form("/einstellungen/beenden/zuruecknehmen", as: owner.token, to: "/einstellungen")
                .records(.tenant(tenant, "tenant.closing_withdrawn", by: owner.person))
        },
    ]

    /// Confirms the end of a fixture's contract.
    static func closing(_ tenant: TenantID) -> [(String, String)] {
        [("kurzname", "t-\(tenant)"), ("grund", "Das Geschäft wird geschlossen.")]
    }

    static let calls: [AuditAct] = [
        AuditAct("POST /anrufe/:id/auflegen") { scene in
            let (line, _, owner) = try await scene.companyWithNumber()
            let call = try await scene.database.makeCall(line)
            return .form("/anrufe/\(call)/auflegen", as: owner.token, to: "/anrufe/")
                .records(.tenant(line.tenant, "call.hung_up", by: owner.person))
        },
        AuditAct("POST /anrufe/:id/uebernehmen") { scene in
            let (line, _, owner) = try await scene.companyWithNumber()
            let call = try await scene.database.makeCall(line)
            return .form("/anrufe/\(call)/uebernehmen", [("nummer", "+43732900200")], as: owner.token, to: "/anrufe/")
                .records(.tenant(line.tenant, "call.taken_over", by: owner.person))
        },
    ]
}
