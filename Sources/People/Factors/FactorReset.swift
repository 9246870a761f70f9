package import Database
import Foundation
package import Kernel
package import Localization
package import Outbox

/// Takes all second factors away from somebody who lost them: the app, the passkeys and the recovery codes. All sessions
/// end, the password stays, and a mail says so.
///
/// It is one part of an act behind the platform's door, which decides whether, and records it.
package struct FactorReset: Sendable {
    private let outbox: MailOutbox
    private let links: AccountLinks
    private let catalog: Catalog
    private let time: TimeSource

    package init(outbox: MailOutbox, links: AccountLinks, catalog: Catalog, time: TimeSource) {
        self.outbox = outbox
        self.links = links
        self.catalog = catalog
        self.time = time
    }

    /// What was taken away.
    package struct Taken: Sendable, Hashable {
        package let apps: Int
        package let passkeys: Int
        /// Unused ones.
        package let recoveryCodes: Int
        package let sessions: Int

        package var isNothing: Bool { apps == 0 && passkeys == 0 }
    }

    /// The person, whose row stays locked until the transaction ends; nil if there is none.
    package func person(_ id: PersonID, in transaction: Transaction) throws -> Person? {
        try ResetQueries(transaction: transaction).person("p.id = \(id)")
    }

    /// As above, by the mail address.
    package func person(_ email: EmailAddress, in transaction: Transaction) throws -> Person? {
        try ResetQueries(transaction: transaction).person("p.email = \(email)")
    }

    /// Takes the factors of a person that `person` gave. Nothing is changed where there is no factor.
    package func take(from person: Person, in transaction: Transaction) throws -> Taken {
        let queries = ResetQueries(transaction: transaction)
        guard try queries.hasFactor(person.id) else {
            return Taken(apps: 0, passkeys: 0, recoveryCodes: 0, sessions: 0)
        }
        let now = time.now()
        let ended = try WebSessionQueries(transaction: transaction)
            .endAll(of: person.id, except: nil, .factorsReset, at: now)
        let taken = Taken(
            apps: try queries.removeApps(of: person.id),
            passkeys: try queries.removePasskeys(of: person.id),
            recoveryCodes: try queries.removeRecoveryCodes(of: person.id),
            sessions: ended
        )
        try PersonMails(outbox: outbox, links: links, catalog: catalog).factorsReset(person, in: transaction)
        return taken
    }
}

/// The statements, by the columns that the platform's login may see.
private struct ResetQueries {
    let transaction: Transaction

    func person(_ condition: SQL) throws -> Person? {
        try transaction.queryOne(
            """
            SELECT p.id, p.email, p.name, p.language, 'system' AS theme FROM person AS p WHERE \(condition)
            FOR NO KEY UPDATE
            """
        ).map(Person.init(row:))
    }

    func hasFactor(_ person: PersonID) throws -> Bool {
        try transaction.queryOne(
            """
            SELECT EXISTS (SELECT FROM totp_factor WHERE person_id = \(person) AND state = 'active')
                OR EXISTS (SELECT FROM passkey WHERE person_id = \(person)) AS found
            """
        )?.get("found") ?? false
    }

    /// Those that counted; the ones that wait go, too.
    func removeApps(of person: PersonID) throws -> Int {
        let removed = try transaction.query(
            "DELETE FROM totp_factor WHERE person_id = \(person) RETURNING state = 'active' AS was_active"
        )
        return try removed.filter { try $0.get("was_active") }.count
    }

    func removePasskeys(of person: PersonID) throws -> Int {
        try transaction.execute("DELETE FROM passkey WHERE person_id = \(person)")
    }

    /// Those that were unused.
    func removeRecoveryCodes(of person: PersonID) throws -> Int {
        let removed = try transaction.query(
            "DELETE FROM recovery_code WHERE person_id = \(person) RETURNING used_at IS NULL AS was_unused"
        )
        return try removed.filter { try $0.get("was_unused") }.count
    }
}
