package import Audit
package import Database
package import Kernel

/// The flows of all tenants, in versions: draft → staged → live.
///
/// Publishing never touches a running call: it was pinned to its version when it was admitted. Every act leaves an audit
/// line in the same transaction.
package final class FlowLibrary: Sendable {
    /// A port: which numbers a tenant's calls may be handed to.
    package typealias TargetRules = @Sendable (TenantID) async throws -> FlowValidator.TargetCheck

    private let database: Database
    private let targetRules: TargetRules
    private let documents = FlowDocuments()

    package init(_ database: Database, targetRules: @escaping TargetRules) {
        self.database = database
        self.targetRules = targetRules
    }

    package enum Import: Sendable {
        /// A new draft, with what its author should look at.
        case imported(FlowVersion, [FlowFinding])
        /// The newest version says the same already.
        case unchanged(FlowVersion, [FlowFinding])
        case refused([FlowFinding])
    }

    package enum Step: Sendable {
        case done(FlowVersion)
        /// The version was there already.
        case unchanged(FlowVersion)
        case refused(Refusal)
    }

    package enum Refusal: Sendable, Equatable {
        case unknownFlow
        /// There is no draft newer than what is staged or live.
        case nothingToStage
        case nothingToPublish
        /// The flow was right when it was imported and no longer is, for example because a target is not allowed now.
        case findings([FlowFinding])
    }

    /// Stores the JSON of a flow as a new draft; the flow of that name is made if there is none.
    package func importDraft(
        _ tenant: TenantID,
        name: String,
        json: String,
        actor: AuditActor
    ) async throws -> Import {
        let verdict = FlowValidator(targetCheck: try await targetRules(tenant)).judge(json)
        guard verdict.isAccepted, let canonical = verdict.canonical else { return .refused(verdict.findings) }
        return try await database.withTenant(tenant) { transaction in
            let queries = FlowQueries(transaction: transaction, tenant: tenant)
            try queries.createFlow(name)
            guard let flow = try queries.lockFlow(name) else { throw FlowError.unreadable }
            let sum = try queries.checksum(canonical)
            let newest = try queries.newest(flow)
            if let newest, newest.sha256 == sum, newest.state != .retired {
                return .unchanged(newest, verdict.findings)
            }
            let version = try queries.insertDraft(
                flow,
                ordinal: (newest?.ordinal ?? 0) + 1,
                document: canonical,
                sha256: sum
            )
            try AuditTrail.record(version.entry("flow.imported", name, actor), in: transaction)
            return .imported(version, verdict.findings)
        }
    }

    /// Makes the newest draft the staged version.
    package func stage(_ tenant: TenantID, name: String, actor: AuditActor) async throws -> Step {
        try await database.withTenant(tenant) { transaction in
            let queries = FlowQueries(transaction: transaction, tenant: tenant)
            guard let flow = try queries.lockFlow(name) else { return .refused(.unknownFlow) }
            guard let newest = try queries.newest(flow) else { return .refused(.nothingToStage) }
            switch newest.state {
            case .staged, .live: return .unchanged(newest)
            case .retired: return .refused(.nothingToStage)
            case .draft:
                if let staged = try queries.version(.staged, of: flow) { _ = try queries.retire(staged.id) }
                let version = try queries.stage(newest.id)
                try AuditTrail.record(version.entry("flow.staged", name, actor), in: transaction)
                return .done(version)
            }
        }
    }

    /// Makes the staged version the live one; the one before it is retired. It is judged once more, because what is
    /// allowed may have changed since it was imported.
    package func publish(_ tenant: TenantID, name: String, actor: AuditActor) async throws -> Step {
        let validator = FlowValidator(targetCheck: try await targetRules(tenant))
        return try await database.withTenant(tenant) { transaction in
            let queries = FlowQueries(transaction: transaction, tenant: tenant)
            guard let flow = try queries.lockFlow(name) else { return .refused(.unknownFlow) }
            let live = try queries.version(.live, of: flow)
            guard let staged = try queries.version(.staged, of: flow) else {
                return live.map(Step.unchanged) ?? .refused(.nothingToPublish)
            }
            guard let json = try queries.document(staged.id) else { throw FlowError.unreadable }
            let document = try FlowDocument(json: json)
            let findings = validator.findings(of: document)
            if findings.refuse { return .refused(.findings(findings)) }
            if let live { _ = try queries.retire(live.id) }
            let version = try queries.publish(staged.id)
            let waiver = findings.contains { $0.code == .disclosureWaived } ? document.aiDisclosureWaiver?.reason : nil
            try AuditTrail.record(version.entry("flow.published", name, actor, reason: waiver), in: transaction)
            return .done(version)
        }
    }

    package func flow(_ tenant: TenantID, name: String) async throws -> FlowID? {
        try await database.withTenant(tenant) { transaction in
            try FlowQueries(transaction: transaction, tenant: tenant).flow(name)
        }
    }

    package func flows(_ tenant: TenantID) async throws -> [(id: FlowID, name: String)] {
        try await database.withTenant(tenant) { transaction in
            try FlowQueries(transaction: transaction, tenant: tenant).flows()
        }
    }

    /// The live version of a flow, nil if none is live.
    package func current(_ tenant: TenantID, flow: FlowID) async throws -> PinnedFlow? {
        try await database.withTenant(tenant) { transaction in try self.current(flow, in: transaction) }
    }

    /// The live version of a flow within the transaction that pins a call to it.
    package func current(_ flow: FlowID, in transaction: Transaction) throws -> PinnedFlow? {
        let queries = try queries(in: transaction)
        guard let version = try queries.version(.live, of: flow) else { return nil }
        return try pinned(version.id, flow: flow, queries)
    }

    /// The version a call was pinned to, whatever has become of it since.
    package func version(_ id: FlowVersionID, in transaction: Transaction) throws -> PinnedFlow? {
        let queries = try queries(in: transaction)
        guard let flow = try queries.flow(of: id) else { return nil }
        return try pinned(id, flow: flow, queries)
    }

    private func queries(in transaction: Transaction) throws -> FlowQueries {
        guard let tenant = transaction.tenant else { throw FlowError.noTenant }
        return FlowQueries(transaction: transaction, tenant: tenant)
    }

    private func pinned(_ version: FlowVersionID, flow: FlowID, _ queries: FlowQueries) throws -> PinnedFlow {
        guard let document = try documents.document(visible: version, queries) else {
            throw FlowError.unreadable
        }
        return PinnedFlow(version: version, flow: flow, document: document)
    }
}

extension FlowVersion {
    fileprivate func entry(
        _ action: String,
        _ name: String,
        _ actor: AuditActor,
        reason: String? = nil
    ) -> AuditEntry {
        AuditEntry(
            actor: actor,
            action: action,
            object: AuditObject("flow_version", id.description),
            after: [
                "flow": .text(name), "ordinal": .integer(Int64(ordinal)), "state": .text(state.rawValue),
                "sha256": .text(sha256),
            ],
            reason: reason
        )
    }
}
