import Credentials
import Database
import Foundation
import Kernel
import Localization

extension Theme: PostgresValue {}
extension PlatformRole: PostgresValue {}
extension SessionLevel: PostgresValue {}

/// The statements on `person`.
struct PersonQueries {
    let transaction: Transaction

    /// The account of a mail address; nil if nobody has it. An address that is none is asked for all the same, so that
    /// the statements do not tell it apart (requirement B6).
    func account(_ email: EmailAddress?) throws -> Account? {
        try transaction.queryOne("\(Self.account) WHERE p.email = \(email?.value ?? "")").map(Account.init(row:))
    }

    func account(_ id: PersonID) throws -> Account? {
        try transaction.queryOne("\(Self.account) WHERE p.id = \(id)").map(Account.init(row:))
    }

    /// The person whose row stays locked until the transaction ends. It is locked before sessions and links of the person,
    /// so that nobody waits in a circle; a session that only records what it does is not held up.
    func lockedAccount(_ id: PersonID) throws -> Account? {
        try transaction.queryOne("\(Self.account) WHERE p.id = \(id) FOR NO KEY UPDATE OF p").map(Account.init(row:))
    }

    func person(_ id: PersonID) throws -> Person? {
        try transaction.queryOne("SELECT id, email, name, language, theme FROM person WHERE id = \(id)")
            .map(Person.init(row:))
    }

    func insert(
        _ email: EmailAddress,
        name: String,
        language: Language,
        hash: PasswordHash?,
        at date: Date
    ) throws -> PersonID {
        let id = PersonID()
        try transaction.execute(
            """
            INSERT INTO person (id, email, name, language, password_hash, password_changed_at)
            VALUES (\(id), \(email), \(name), \(language.rawValue), \(hash?.text), \(hash.map { _ in date }))
            """
        )
        return id
    }

    func set(name: String, language: Language, theme: Theme, of id: PersonID) throws {
        try transaction.execute(
            "UPDATE person SET name = \(name), language = \(language.rawValue), theme = \(theme) WHERE id = \(id)"
        )
    }

    func set(_ email: EmailAddress, of id: PersonID) throws {
        try transaction.execute("UPDATE person SET email = \(email) WHERE id = \(id)")
    }

    func set(_ hash: PasswordHash, of id: PersonID, at date: Date) throws {
        try transaction.execute(
            "UPDATE person SET password_hash = \(hash.text), password_changed_at = \(date) WHERE id = \(id)"
        )
    }

    /// For the operator's list of people; the events of signing in are kept for a month only.
    func signedIn(_ id: PersonID, at date: Date) throws {
        try transaction.execute("UPDATE person SET last_signed_in_at = \(date) WHERE id = \(id)")
    }

    /// Stores the same password under today's parameters, unless another one was set meanwhile.
    func replace(_ old: PasswordHash, by new: PasswordHash, of id: PersonID) throws {
        try transaction.execute(
            "UPDATE person SET password_hash = \(new.text) WHERE id = \(id) AND password_hash = \(old.text)"
        )
    }

    private static let account: SQL = """
        SELECT p.id, p.email, p.name, p.language, p.theme, p.state, p.password_hash, p.password_changed_at,
            m.role AS platform_role,
            EXISTS (SELECT FROM totp_factor AS t WHERE t.person_id = p.id AND t.confirmed_at IS NOT NULL) AS has_totp,
            (SELECT count(*) FROM passkey AS k WHERE k.person_id = p.id) AS passkeys
        FROM person AS p LEFT JOIN platform_member AS m ON m.person_id = p.id
        """
}
