package import Database
import Foundation
package import Kernel

/// A tenant with one live flow and, if asked for, a number that leads to it.
package struct TenantFixture: Sendable {
    package let tenant: TenantID
    package let flow: FlowID
    package let version: FlowVersionID
    package let ownership: NumberOwnershipID?
    package let assignment: NumberAssignmentID?
    package let number: E164?
}

extension TestDatabase {
    /// The smallest document that passes as a flow at the level of SQL.
    package static let emptyFlow = JSONText(text: #"{"schema":1}"#)

    /// The account that the fixtures' numbers belong to.
    package static let accountSid = "AC00000000000000000000000000000001"

    /// A tenant that is active, made behind the platform's door.
    package func makeTenant(
        slug: String? = nil,
        maxConcurrentCalls: Int = 10,
        maxCallSeconds: Int = 1_800
    ) async throws -> TenantID {
        let id = TenantID()
        let slug = slug ?? "t-\(id)"
        try app.seals.create(id)
        try await app.withPlatform(actor: "test", reason: "fixture") { transaction in
            try transaction.execute(
                """
                INSERT INTO tenant (id, slug, name, max_concurrent_calls, max_call_seconds)
                VALUES (\(id), \(slug), \(slug), \(maxConcurrentCalls), \(maxCallSeconds))
                """
            )
        }
        return id
    }

    /// A flow with one version, which is live.
    package func makeLiveFlow(
        _ tenant: TenantID,
        name: String = "Empfang",
        document: JSONText = TestDatabase.emptyFlow
    ) async throws -> (flow: FlowID, version: FlowVersionID) {
        let flow = FlowID()
        let version = FlowVersionID()
        let checksum = String(repeating: "0", count: 64)
        try await app.withTenant(tenant) { transaction in
            let sealed = try transaction.seal(
                document.text,
                of: tenant,
                in: SealedCell("flow_version.document", version)
            )
            try transaction.execute("INSERT INTO flow (tenant_id, id, name) VALUES (\(tenant), \(flow), \(name))")
            try transaction.execute(
                """
                INSERT INTO flow_version (tenant_id, id, flow_id, ordinal, state, document, sha256, published_at)
                VALUES (\(tenant), \(version), \(flow), 1, 'live', \(sealed), \(checksum), clock_timestamp())
                """
            )
        }
        return (flow, version)
    }

    /// A number that the tenant owns from now on, leading to `flow`.
    package func makeNumber(
        _ tenant: TenantID,
        _ number: E164,
        flow: FlowID,
        accountSid: String = TestDatabase.accountSid
    ) async throws -> (ownership: NumberOwnershipID, assignment: NumberAssignmentID) {
        let ownership = NumberOwnershipID()
        let assignment = NumberAssignmentID()
        try await app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO number_ownership
                    (tenant_id, id, e164, typed, carrier_account_sid, carrier_number_sid, verified_at, valid)
                VALUES (\(tenant), \(ownership), \(number), \(number.value), \(accountSid),
                    'PN00000000000000000000000000000001', clock_timestamp(), tstzrange(clock_timestamp(), NULL))
                """
            )
            try transaction.execute(
                """
                INSERT INTO number_assignment (tenant_id, id, ownership_id, e164, flow_id, valid)
                VALUES (\(tenant), \(assignment), \(ownership), \(number), \(flow), tstzrange(clock_timestamp(), NULL))
                """
            )
        }
        return (ownership, assignment)
    }

    /// A tenant with a live flow, and a number that leads to it if one is given.
    package func makeTenantWithFlow(_ number: E164? = nil) async throws -> TenantFixture {
        let tenant = try await makeTenant()
        let (flow, version) = try await makeLiveFlow(tenant)
        let owned: (ownership: NumberOwnershipID, assignment: NumberAssignmentID)? =
            if let number { try await makeNumber(tenant, number, flow: flow) } else { nil }
        return TenantFixture(
            tenant: tenant,
            flow: flow,
            version: version,
            ownership: owned?.ownership,
            assignment: owned?.assignment,
            number: number
        )
    }

    /// A call that was admitted just now, pinned to the fixture's number and live version.
    package func makeCall(_ fixture: TenantFixture, sid: String? = nil) async throws -> CallID {
        let call = CallID()
        let sid = sid ?? "CA" + call.description.filter { $0 != "-" }
        let called = fixture.number?.value ?? "+431000000"
        try await app.withTenant(fixture.tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO call (tenant_id, id, call_sid, account_sid, assignment_id, flow_version_id, caller_kind,
                    called_e164, admitted_at, refusal)
                VALUES (\(fixture.tenant), \(call), \(sid), \(TestDatabase.accountSid), \(fixture.assignment),
                    \(fixture.version), 'withheld', \(called), clock_timestamp(),
                    \(fixture.assignment == nil ? "no_number" : nil))
                """
            )
        }
        return call
    }
}
