import Kernel
import TestSupport

/// What takes data away.
extension AuditAct {
    static let exports: [AuditAct] = [
        ofTenant("/anrufe.csv", "calls.exported"),
        ofTenant("/team.csv", "member.list_exported"),
        ofTenant("/api-schluessel.csv", "key.list_exported"),
        // Everything, and in it the chain, whose export is an act of its own.
        ofTenant("/einstellungen/datenexport", "tenant.exported", then: "audit.exported"),
        ofTenant("/audit-protokoll.csv", "audit.exported", breaksOff: true),
        ofTenant("/audit-protokoll.jsonl", "audit.exported", breaksOff: true),
        ofTenant("/rufnummern.csv", "number.exported"),
        ofPlatform("/plattform/mandanten.csv", "tenant.list_exported"),
        ofPlatform("/plattform/personen.csv", "person.list_exported"),
        ofPlatform("/plattform/audit-protokoll.csv", "audit.exported", breaksOff: true),
        ofPlatform("/plattform/audit-protokoll.jsonl", "audit.exported", breaksOff: true),
        ofPlatform("/plattform/rufnummern.csv", "number.exported"),
    ]

    /// - Parameters:
    ///   - second: what the same request does afterwards.
    ///   - breaksOff: a log is written while it is read, and the row before its first line.
    private static func ofTenant(
        _ path: String,
        _ action: String,
        then second: String? = nil,
        breaksOff: Bool = false
    ) -> AuditAct {
        AuditAct("GET " + path) { scene in
            let (tenant, owner) = try await scene.company()
            var request = ActRequest.download(path, as: owner.token)
                .records(.tenant(tenant, action, by: owner.person))
            if let second { request = request.records(.tenant(tenant, second, by: owner.person)) }
            return breaksOff ? request.breakingOff() : request
        }
    }

    private static func ofPlatform(_ path: String, _ action: String, breaksOff: Bool = false) -> AuditAct {
        AuditAct("GET " + path) { scene in
            let operating = try await scene.staff("operator")
            let request = ActRequest.download(path, as: operating.token)
                .records(.platform(action, by: operating.person))
            return breaksOff ? request.breakingOff() : request
        }
    }
}
