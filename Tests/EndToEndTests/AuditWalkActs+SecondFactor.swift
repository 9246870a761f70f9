import Kernel
import TestSupport

/// Second factors of others: demanded of a tenant's people, and taken from somebody who lost them.
extension AuditAct {
    static let secondFactors: [AuditAct] = [
        AuditAct("POST /einstellungen/zweiter-faktor") { scene in
            let (tenant, owner) = try await scene.company()
            try await scene.database.makePasskey(owner.person)
            return .form("/einstellungen/zweiter-faktor", as: owner.token, to: "/einstellungen")
                .records(.tenant(tenant, "tenant.second_factor_demanded", by: owner.person))
        },
        AuditAct("POST /einstellungen/zweiter-faktor/aufheben") { scene in
            let (tenant, owner) = try await scene.company()
            try await scene.database.makePasskey(owner.person)
            _ = try await scene.send(.form("/einstellungen/zweiter-faktor", as: owner.token, to: ""))
            return .form("/einstellungen/zweiter-faktor/aufheben", as: owner.token, to: "/einstellungen")
                .records(.tenant(tenant, "tenant.second_factor_left_free", by: owner.person))
        },
        AuditAct("POST /plattform/personen/:id/zweiter-faktor") { scene in
            let (tenant, owner) = try await scene.company()
            try await scene.database.makePasskey(owner.person)
            let operating = try await scene.staff("operator")
            let path = "/plattform/personen/\(owner.person)"
            let fields = [("grund", "Telefon verloren"), ("adresse", owner.email)]
            return .form(path + "/zweiter-faktor", fields, as: operating.token, to: path)
                .records(
                    .tenant(tenant, "person.factors_reset", by: operating.person),
                    .platform("person.factors_reset", by: operating.person)
                )
        },
    ]
}
