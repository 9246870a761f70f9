package import Credentials
package import Database
package import Foundation
package import Kernel
package import Localization

/// The people of this installation.
package struct PeopleBook: Sendable {
    private let database: Database
    private let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    package func person(_ id: PersonID) async throws -> Person? {
        try await database.withPeople { try PersonQueries(transaction: $0).person(id) }
    }

    /// What a person decides about their own pages. Safe to repeat.
    ///
    /// - Parameter name: as it was typed.
    package func change(
        _ id: PersonID,
        name: String,
        language: Language,
        theme: Theme,
        from origin: RequestOrigin
    ) async throws -> Result<Person, AccountRefusal> {
        guard let name = PersonName.parse(name) else { return .failure(.nameMalformed) }
        let now = time.now()
        return try await database.withPeople { transaction in
            let queries = PersonQueries(transaction: transaction)
            guard let person = try queries.lockedAccount(id)?.person else { return .failure(.sessionOver) }
            let changed = Person(id: id, email: person.email, name: name, language: language, theme: theme)
            guard changed != person else { return .success(person) }
            try queries.set(name: name, language: language, theme: theme, of: id)
            let fields = [
                name == person.name ? nil : "name", language == person.language ? nil : "language",
                theme == person.theme ? nil : "theme",
            ]
            let detail = fields.compactMap { $0 }.joined(separator: ",")
            try SignInEvent(.personChanged, of: id, detail: detail, from: origin, at: now).record(in: transaction)
            return .success(changed)
        }
    }

    /// Whoever has this address, and whether they chose a password already. Behind any door of the application's login.
    package static func find(
        _ email: EmailAddress,
        in transaction: Transaction
    ) throws -> (person: Person, hasPassword: Bool)? {
        try PersonQueries(transaction: transaction).account(email).map { ($0.person, $0.hash != nil) }
    }

    /// A new person, for whoever accepts an invitation; in the transaction that makes the membership. An address that
    /// is taken is refused by the constraint `person_email_key`.
    ///
    /// - Parameter name: as `PersonName.parse` gave it.
    package static func create(
        _ email: EmailAddress,
        name: String,
        language: Language,
        password: PasswordHash?,
        at date: Date,
        in transaction: Transaction
    ) throws -> PersonID {
        try PersonQueries(transaction: transaction)
            .insert(email, name: name, language: language, hash: password, at: date)
    }
}
