import Localization
import Site
import Tenants
package import Web

/// The addresses of a tenant's own affairs: its people, keys, settings and audit log.
extension Endpoint {
    // People
    package static let team = page("/team", .tenant(.membersRead), "the tenant's people and open invitations")
    package static let teamSheet = page("/team.csv", .tenant(.membersWrite), "the same people as a table")
    package static let inviting = page("/team/einladen", .tenant(.membersWrite), "whom to invite, and as what")
    package static let invite = form("/team/einladen", .tenant(.membersWrite), "sends an invitation")
    package static let reinvite = form(
        "/team/einladungen/:id/erneut",
        .tenant(.membersWrite),
        "sends an invitation again"
    )
    package static let revokingInvitation = page(
        "/team/einladungen/:id/widerrufen",
        .tenant(.membersWrite),
        "asks whether an invitation shall be revoked"
    )
    package static let revokeInvitation = form(
        "/team/einladungen/:id/widerrufen",
        .tenant(.membersWrite),
        "revokes an invitation"
    )
    package static let leaving = page("/team/verlassen", .tenant(.membersRead), "asks whether to leave the tenant")
    package static let leave = form("/team/verlassen", .tenant(.membersRead), "ends one's own membership")
    package static let memberRole = page("/team/:id/rolle", .tenant(.membersWrite), "what a member may be")
    package static let changeMemberRole = form("/team/:id/rolle", .tenant(.membersWrite), "changes a member's role")
    package static let removingMember = page(
        "/team/:id/entfernen",
        .tenant(.membersWrite),
        "asks whether a member shall be removed"
    )
    package static let removeMember = form("/team/:id/entfernen", .tenant(.membersWrite), "removes a member")

    // Keys of the API
    package static let keys = page("/api-schluessel", .tenant(.keysRead), "the tenant's keys for the API")
    package static let keySheet = page("/api-schluessel.csv", .tenant(.keysRead), "the same keys as a table")
    package static let creatingKey = page("/api-schluessel/neu", .tenant(.keysWrite), "what a new key may do")
    package static let createKey = form(
        "/api-schluessel/neu",
        .tenant(.keysWrite),
        "makes a key and shows it once"
    )
    package static let revokingKey = page(
        "/api-schluessel/:id/widerrufen",
        .tenant(.keysWrite),
        "asks whether a key shall be revoked"
    )
    package static let revokeKey = form("/api-schluessel/:id/widerrufen", .tenant(.keysWrite), "revokes a key")

    // Settings
    package static let settings = page("/einstellungen", .tenant(.settingsRead), "what the tenant decides for itself")
    package static let changeSettings = form("/einstellungen", .tenant(.settingsWrite), "changes the settings")
    package static let modelKey = page(
        "/einstellungen/modell-schluessel",
        .tenant(.settingsWrite),
        "asks for the key of the tenant's own language model"
    )
    package static let storeModelKey = form(
        "/einstellungen/modell-schluessel",
        .tenant(.settingsWrite),
        "keeps the model's key"
    )
    package static let removingModelKey = page(
        "/einstellungen/modell-schluessel/entfernen",
        .tenant(.settingsWrite),
        "asks whether the model's key shall be removed"
    )
    package static let removeModelKey = form(
        "/einstellungen/modell-schluessel/entfernen",
        .tenant(.settingsWrite),
        "removes the model's key"
    )
    package static let demandingFactor = page(
        "/einstellungen/zweiter-faktor",
        .tenant(.secondFactorWrite),
        "asks whether everybody must have a second factor"
    )
    package static let demandFactor = form(
        "/einstellungen/zweiter-faktor",
        .tenant(.secondFactorWrite),
        "demands a second factor of everybody"
    )
    package static let freeingFactor = page(
        "/einstellungen/zweiter-faktor/aufheben",
        .tenant(.secondFactorWrite),
        "asks whether a second factor shall be one's own choice again"
    )
    package static let freeFactor = form(
        "/einstellungen/zweiter-faktor/aufheben",
        .tenant(.secondFactorWrite),
        "demands no second factor any more"
    )
    package static let endSupport = form(
        "/einstellungen/support/:id/beenden",
        .tenant(.supportEnd),
        "ends support's look into the tenant"
    )

    // The end of the contract
    package static let closing = page(
        "/einstellungen/beenden",
        .tenant(.tenantClose),
        "what the end of the contract deletes, and when"
    )
    package static let close = form("/einstellungen/beenden", .tenant(.tenantClose), "ends the contract")
    package static let keepOpen = form(
        "/einstellungen/beenden/zuruecknehmen",
        .tenant(.tenantClose),
        "takes the end of the contract back"
    )
    package static let dataExport = page(
        "/einstellungen/datenexport",
        .tenant(.tenantClose),
        "all of the tenant's data in one file"
    )

    // Audit log
    package static let auditLog = page("/audit-protokoll", .tenant(.auditRead), "who did what in the tenant")
    package static let auditSheet = page("/audit-protokoll.csv", .tenant(.auditExport), "the whole log as a table")
    package static let auditProof = page(
        "/audit-protokoll.jsonl",
        .tenant(.auditExport),
        "the whole log as it can be verified"
    )
    package static let auditVerifier = page(
        "/audit-protokoll/verify.py",
        .tenant(.auditExport),
        "the program that verifies an exported log"
    )

    package static let tenantPagesTable: [Endpoint] = [
        team, teamSheet, inviting, invite, reinvite, revokingInvitation, revokeInvitation, leaving, leave, memberRole,
        changeMemberRole, removingMember, removeMember,
        keys, keySheet, creatingKey, createKey, revokingKey, revokeKey,
        settings, changeSettings, modelKey, storeModelKey, removingModelKey, removeModelKey,
        demandingFactor, demandFactor, freeingFactor, freeFactor, endSupport,
        closing, close, keepOpen, dataExport,
        auditLog, auditSheet, auditProof, auditVerifier,
    ]
}
