import Database
import Kernel
import Localization
import Outbox
import People

/// Somebody who is written to about a tenant's affairs.
struct Recipient: Sendable {
    let id: PersonID
    let email: String
    let name: String
    let language: Language

    init(row: Row) throws {
        id = try row.get("id")
        email = try row.get("email")
        name = try row.get("name")
        language = Language(rawValue: try row.get("language")) ?? .de
    }

    init(_ person: Person) {
        id = person.id
        email = person.email
        name = person.name
        language = person.language
    }

    func mail(_ kind: MailKind, of tenant: TenantID, _ arguments: [String: String]) -> OutgoingMail {
        OutgoingMail(
            kind: kind,
            to: email,
            name: name,
            language: language,
            arguments: arguments,
            onBehalfOf: tenant
        )
    }
}
