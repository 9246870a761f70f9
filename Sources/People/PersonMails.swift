import Credentials
import Database
import Foundation
import Kernel
import Localization
import Outbox

/// The mails that tell a person what happened to their account, in the transaction in which it happened.
struct PersonMails: Sendable {
    /// What the mail about a second factor calls the change.
    enum FactorChange: String {
        case totpAdded = "totp_added"
        case totpRemoved = "totp_removed"
        case passkeyAdded = "passkey_added"
        case passkeyRemoved = "passkey_removed"
        case recoveryCodesRenewed = "recovery_codes_renewed"
        case recoveryCodeUsed = "recovery_code_used"
    }

    let outbox: MailOutbox
    let links: AccountLinks
    let catalog: Catalog

    func newSignIn(_ person: Person, _ origin: RequestOrigin, in transaction: Transaction) throws {
        let browser = BrowserName(userAgent: origin.userAgent).text(catalog, person.language)
        try post(.newSignIn, person, ["device": browser, "link": links.security], in: transaction)
    }

    func passwordChanged(_ person: Person, in transaction: Transaction) throws {
        try post(.passwordChanged, person, ["link": links.security], in: transaction)
    }

    func factorChanged(_ person: Person, _ change: FactorChange, in transaction: Transaction) throws {
        try post(
            .secondFactorChanged,
            person,
            ["change": change.rawValue, "link": links.security],
            in: transaction
        )
    }

    /// By the operator, who was asked for it.
    func factorsReset(_ person: Person, in transaction: Transaction) throws {
        try post(.secondFactorsReset, person, ["link": links.security], in: transaction)
    }

    func passwordReset(_ person: Person, _ token: RandomToken, minutes: Int, in transaction: Transaction) throws {
        try post(
            .passwordReset,
            person,
            ["minutes": String(minutes), "link": links.password(token)],
            in: transaction
        )
    }

    /// To the new address.
    func emailChange(
        _ person: Person,
        to address: EmailAddress,
        _ token: RandomToken,
        hours: Int,
        in transaction: Transaction
    ) throws {
        try outbox.post(
            OutgoingMail(
                kind: .emailChange,
                to: address.value,
                name: person.name,
                language: person.language,
                arguments: ["new_address": address.value, "hours": String(hours), "link": links.email(token)]
            ),
            in: transaction
        )
    }

    /// To the old address.
    func emailChanged(_ person: Person, to address: EmailAddress, in transaction: Transaction) throws {
        try post(.emailChanged, person, ["new_address": address.value], in: transaction)
    }

    private func post(
        _ kind: MailKind,
        _ person: Person,
        _ arguments: [String: String],
        in transaction: Transaction
    ) throws {
        try outbox.post(
            OutgoingMail(
                kind: kind,
                to: person.email,
                name: person.name,
                language: person.language,
                arguments: arguments
            ),
            in: transaction
        )
    }
}
