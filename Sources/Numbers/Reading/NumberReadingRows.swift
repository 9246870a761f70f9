import Audit
import Database
import Foundation
import Kernel

extension NumberState: PostgresValue {}

extension NumberLine {
    init(row: Row) throws {
        let flow: FlowID? = try row.getOptional("flow_id")
        self.init(
            id: try row.get("id"),
            tenant: try row.get("tenant_id"),
            e164: try row.get("e164"),
            typed: try row.get("typed"),
            account: try row.get("carrier_account_sid"),
            since: try row.get("since"),
            verifiedAt: try row.get("verified_at"),
            endedAt: try row.getOptional("ended_at"),
            restsUntil: try row.getOptional("quarantined_until"),
            state: try row.get("state"),
            flow: try flow.map { flow in
                NumberFlow(
                    id: flow,
                    name: try row.get("flow_name"),
                    liveVersion: try row.getOptional("flow_version")
                )
            },
            flowSince: try row.getOptional("flow_since")
        )
    }
}

extension NumberHistory.Ownership {
    init(row: Row) throws {
        id = try row.get("id")
        tenant = try row.get("tenant_id")
        from = try row.get("since")
        until = try row.getOptional("ended_at")
        restsUntil = try row.getOptional("quarantined_until")
    }
}

extension NumberHistory.Assignment {
    init(row: Row) throws {
        id = try row.get("id")
        ownership = try row.get("ownership_id")
        flow = try row.get("name")
        from = try row.get("since")
        until = try row.getOptional("ended_at")
    }
}

extension NumberHistory.Act {
    init(row: Row) throws {
        object = try row.get("object_id")
        action = try row.get("action")
        at = try row.get("at")
        reason = try row.getOptional("reason")
        actor = NumberEvent.Actor(
            kind: AuditActor.Kind(rawValue: try row.get("actor_kind")) ?? .system,
            person: try row.getOptional("person_name")
        )
    }
}
