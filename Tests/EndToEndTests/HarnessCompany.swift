import Audit
import Flows
import Foundation
import Kernel
import Numbers
import PhoneNumbers
import Sandbox
import Synchronization
import Tenants

/// A company with a number that leads to a live flow.
struct Company: Sendable {
    let tenant: Tenant
    let flow: FlowID
    /// Its first number.
    let number: E164
}

/// Founds companies through the same doors as the operator's commands.
struct Founding: Sendable {
    enum Failure: Error {
        case slug(String)
        case tenant
        case flow([FlowFinding])
        case step(FlowLibrary.Refusal)
        case number(NumberRefusal)
    }

    static let actor = AuditActor(.operator, "test")
    static let flowName = "telefon"

    let tenants: TenantBook
    let numbers: NumberBook
    let flows: FlowLibrary
    let exchange: Exchange

    func found(_ name: String, flow: FlowText, bounds: TenantBounds) async throws -> Company {
        let slug = name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let tenant = try await tenant(slug, name, bounds)
        let flow = try await publish(flow, for: tenant.id)
        let number = Self.freshNumber()
        try await assign(number, to: tenant.id, flow)
        return Company(tenant: tenant, flow: flow, number: number)
    }

    func tenant(_ slug: String, _ name: String, _ bounds: TenantBounds) async throws -> Tenant {
        guard let valid = TenantSlug(slug) else { throw Failure.slug(slug) }
        switch try await tenants.create(valid, name: name, bounds: bounds, actor: Self.actor) {
        case .created(let tenant), .exists(let tenant): return tenant
        }
    }

    /// Imports, stages and publishes the flow.
    func publish(
        _ flow: FlowText,
        for tenant: TenantID,
        name: String = Founding.flowName
    ) async throws -> FlowID {
        if case .refused(let findings) = try await flows.importDraft(
            tenant,
            name: name,
            json: flow.json,
            actor: Self.actor
        ) {
            throw Failure.flow(findings)
        }
        for step in [
            try await flows.stage(tenant, name: name, actor: Self.actor),
            try await flows.publish(tenant, name: name, actor: Self.actor),
        ] {
            if case .refused(let refusal) = step { throw Failure.step(refusal) }
        }
        guard let id = try await flows.flow(tenant, name: name) else { throw Failure.tenant }
        return id
    }

    /// Puts the number into the carrier's account, claims it and lets it lead to `flow`.
    func assign(_ number: E164, to tenant: TenantID, _ flow: FlowID) async throws {
        exchange.register(Exchange.Number(phoneNumber: number.value, accountSid: WorldSettings().accountSid))
        guard let region = Region("AT") else { throw Failure.tenant }
        let claim = try await numbers.claim(tenant, typed: number.value, region: region, actor: Self.actor)
        if case .refused(let refusal) = claim { throw Failure.number(refusal) }
        let assignment = try await numbers.assign(tenant, number, to: flow, actor: Self.actor)
        if case .refused(let refusal) = assignment { throw Failure.number(refusal) }
    }

    /// A number in Linz that no other test of this run has. Limits per number are counted in one Redis for all stages.
    static func freshNumber() -> E164 {
        while true {
            let text = "+437329\(Int.random(in: 10_000..<100_000))"
            if let number = E164(text), used.insert(text) { return number }
        }
    }

    private static let used = UsedNumbers()
}

private final class UsedNumbers: Sendable {
    private let texts = Mutex<Set<String>>([])

    func insert(_ text: String) -> Bool {
        texts.withLock { $0.insert(text).inserted }
    }
}
