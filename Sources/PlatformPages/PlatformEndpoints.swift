import Site
import Tenants
package import Web

/// The addresses of the platform's own pages; those of numbers stand in `NumberEndpoints`.
extension Endpoint {
    static let platformHome = page("/plattform", .platform(.platformTenantsRead), "leads to the tenants")

    // Tenants
    static let allTenants = page("/plattform/mandanten", .platform(.platformTenantsRead), "all tenants")
    static let allTenantsSheet = page(
        "/plattform/mandanten.csv",
        .platform(.platformTenantsWrite),
        "the same tenants as a table"
    )
    static let creatingTenant = page(
        "/plattform/mandanten/neu",
        .platform(.platformTenantsWrite),
        "what a new tenant is called and who owns it"
    )
    static let createTenant = form(
        "/plattform/mandanten/neu",
        .platform(.platformTenantsWrite),
        "makes a tenant and invites its first owner"
    )
    static let anyTenant = page(
        "/plattform/mandanten/:id",
        .platform(.platformTenantsRead),
        "one tenant, without its calls' contents"
    )
    static let renamingTenant = page(
        "/plattform/mandanten/:id/name",
        .platform(.platformTenantsWrite),
        "what a tenant shall be called"
    )
    static let renameTenant = form(
        "/plattform/mandanten/:id/name",
        .platform(.platformTenantsWrite),
        "gives a tenant another name"
    )
    static let tenantBounds = page(
        "/plattform/mandanten/:id/grenzen",
        .platform(.platformTenantsWrite),
        "what the platform allows a tenant"
    )
    static let limitTenant = form(
        "/plattform/mandanten/:id/grenzen",
        .platform(.platformTenantsWrite),
        "changes what the platform allows a tenant"
    )
    static let invitingOwner = page(
        "/plattform/mandanten/:id/einladen",
        .platform(.platformTenantsWrite),
        "whom to invite as a tenant's owner"
    )
    static let inviteOwner = form(
        "/plattform/mandanten/:id/einladen",
        .platform(.platformTenantsWrite),
        "invites an owner"
    )
    static let suspendingTenant = page(
        "/plattform/mandanten/:id/sperren",
        .platform(.platformTenantsWrite),
        "asks whether a tenant shall be suspended"
    )
    static let suspendTenant = form(
        "/plattform/mandanten/:id/sperren",
        .platform(.platformTenantsWrite),
        "suspends a tenant"
    )
    static let activatingTenant = page(
        "/plattform/mandanten/:id/freischalten",
        .platform(.platformTenantsWrite),
        "asks whether a tenant shall be active again"
    )
    static let activateTenant = form(
        "/plattform/mandanten/:id/freischalten",
        .platform(.platformTenantsWrite),
        "makes a tenant active again"
    )
    static let closingTenant = page(
        "/plattform/mandanten/:id/beenden",
        .platform(.platformTenantsWrite),
        "asks whether a tenant's contract shall end"
    )
    static let closeTenant = form(
        "/plattform/mandanten/:id/beenden",
        .platform(.platformTenantsWrite),
        "asks for the end of a tenant's contract"
    )
    static let keepingTenant = page(
        "/plattform/mandanten/:id/behalten",
        .platform(.platformTenantsWrite),
        "asks whether a tenant's end shall be taken back"
    )
    static let keepTenant = form(
        "/plattform/mandanten/:id/behalten",
        .platform(.platformTenantsWrite),
        "takes a tenant's end back"
    )
    static let lookingInside = page(
        "/plattform/mandanten/:id/ansehen",
        .platform(.platformSupport),
        "asks why and for how long to look into a tenant"
    )
    static let lookInside = form(
        "/plattform/mandanten/:id/ansehen",
        .platform(.platformSupport),
        "begins to look into a tenant"
    )
    /// Whoever looks in stands in a tenant, so this is a person's act.
    static let stopLooking = form("/plattform/einsicht/beenden", .person, "ends a look into a tenant")

    // People
    static let allPeople = page("/plattform/personen", .platform(.platformPeopleRead), "everybody who can sign in")
    static let allPeopleSheet = page(
        "/plattform/personen.csv",
        .platform(.platformPeopleRead),
        "the same people as a table"
    )
    static let anyPerson = page(
        "/plattform/personen/:id",
        .platform(.platformPeopleRead),
        "one person: where they work and what they sign in with"
    )
    static let resettingFactors = page(
        "/plattform/personen/:id/zweiter-faktor",
        .platform(.platformPeopleWrite),
        "asks whether a person's second factors shall be taken away"
    )
    static let resetFactors = form(
        "/plattform/personen/:id/zweiter-faktor",
        .platform(.platformPeopleWrite),
        "takes a person's second factors away"
    )

    // Operation
    static let systemStatus = page(
        "/plattform/systemstatus",
        .platform(.platformStatusRead),
        "how the installation stands"
    )
    static let platformLog = page(
        "/plattform/audit-protokoll",
        .platform(.platformAuditRead),
        "the platform's audit log"
    )
    static let platformLogSheet = page(
        "/plattform/audit-protokoll.csv",
        .platform(.platformAuditExport),
        "the whole log for spreadsheets"
    )
    static let platformLogProof = page(
        "/plattform/audit-protokoll.jsonl",
        .platform(.platformAuditExport),
        "the whole log with what proves it"
    )
    static let platformLogVerifier = page(
        "/plattform/audit-protokoll/verify.py",
        .platform(.platformAuditExport),
        "the program that checks an exported log"
    )

    package static let platformPagesTable: [Endpoint] = [
        platformHome, allTenants, allTenantsSheet, creatingTenant, createTenant, anyTenant, renamingTenant,
        renameTenant, tenantBounds, limitTenant,
        invitingOwner, inviteOwner, suspendingTenant, suspendTenant, activatingTenant, activateTenant, closingTenant,
        closeTenant, keepingTenant, keepTenant, lookingInside, lookInside, stopLooking, allPeople, allPeopleSheet,
        anyPerson, resettingFactors, resetFactors, systemStatus, platformLog,
        platformLogSheet, platformLogProof, platformLogVerifier,
    ]
}
