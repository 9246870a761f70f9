/// One thing that may be allowed or not. Every route names the one it needs; who has it stands in `AccessMatrix`.
package enum Permission: String, Sendable, Hashable, CaseIterable, Codable {
    // In a tenant.
    case overviewRead = "overview.read"
    case callsRead = "calls.read"
    /// What was said.
    case transcriptsRead = "transcripts.read"
    case callsExport = "calls.export"
    case liveWatch = "live.watch"
    /// Hang up and take over.
    case liveIntervene = "live.intervene"
    case flowsRead = "flows.read"
    case flowsWrite = "flows.write"
    case numbersRead = "numbers.read"
    /// Which flow a number leads to.
    case numbersAssign = "numbers.assign"
    /// Add and release.
    case numbersWrite = "numbers.write"
    case numbersExport = "numbers.export"
    case membersRead = "members.read"
    case membersWrite = "members.write"
    /// Make and unmake owners.
    case ownershipWrite = "ownership.write"
    case settingsRead = "settings.read"
    case settingsWrite = "settings.write"
    case keysRead = "keys.read"
    case keysWrite = "keys.write"
    case auditRead = "audit.read"
    case auditExport = "audit.export"
    case billsRead = "bills.read"
    /// Ask for the end of the contract and take the data along.
    case tenantClose = "tenant.close"
    /// Demand a second factor of everybody who works here.
    case secondFactorWrite = "factors.write"
    /// End a look of the platform's support.
    case supportEnd = "support.end"

    // On the platform.
    case platformTenantsRead = "platform.tenants.read"
    case platformTenantsWrite = "platform.tenants.write"
    /// Everybody who can sign in, with where they work and when they last signed in.
    case platformPeopleRead = "platform.people.read"
    /// Take lost second factors away.
    case platformPeopleWrite = "platform.people.write"
    case platformNumbersRead = "platform.numbers.read"
    case platformNumbersWrite = "platform.numbers.write"
    case platformStatusRead = "platform.status.read"
    case platformAuditRead = "platform.audit.read"
    case platformAuditExport = "platform.audit.export"
    /// Look into a tenant, with a reason and for a limited time.
    case platformSupport = "platform.support"

    package var isPlatform: Bool { rawValue.hasPrefix("platform.") }
}
