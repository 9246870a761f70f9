import Credentials
package import Database
package import Foundation
package import Kernel

/// The sessions of browsers: only the SHA-256 of a token is stored, and an end takes effect with the next request
/// (requirement B3).
package struct WebSessions: Sendable {
    private let database: Database
    private let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// The running sessions of a person, the last used first.
    package func list(of person: PersonID, current: WebSessionID?) async throws -> [WebSessionLine] {
        let now = time.now()
        return try await database.withPeople {
            try WebSessionQueries(transaction: $0).running(of: person, current: current, at: now)
        }
    }

    /// Gives the session another token, because what it may do has changed; nil if it is over.
    package func rotate(_ id: WebSessionID) async throws -> NewSession? {
        let now = time.now()
        return try await database.withPeople { transaction in
            let queries = WebSessionQueries(transaction: transaction)
            guard let session = try queries.locked(id, at: now) else { return nil }
            let token = RandomToken()
            try queries.rotate(id, to: token)
            return NewSession(id: id, person: session.person, level: session.level, token: token)
        }
    }

    /// Ends one session of a person. Safe to repeat.
    ///
    /// - Returns: whether it was this person's and running.
    @discardableResult
    package func end(
        _ id: WebSessionID,
        of person: PersonID,
        _ reason: SessionEnd,
        from origin: RequestOrigin
    ) async throws -> Bool {
        let now = time.now()
        return try await database.withPeople { transaction in
            let ended = try WebSessionQueries(transaction: transaction).end(id, of: person, reason, at: now)
            if ended {
                try SignInEvent(
                    .sessionEnded,
                    of: person,
                    detail: reason.rawValue,
                    session: id,
                    from: origin,
                    at: now
                ).record(in: transaction)
            }
            return ended
        }
    }

    /// Ends all sessions of a person but one.
    ///
    /// - Returns: how many were running.
    @discardableResult
    package func endAll(
        of person: PersonID,
        except: WebSessionID?,
        _ reason: SessionEnd,
        from origin: RequestOrigin
    ) async throws -> Int {
        let now = time.now()
        return try await database.withPeople { transaction in
            let queries = WebSessionQueries(transaction: transaction)
            let count = try queries.endAll(of: person, except: except, reason, at: now)
            if count > 0 {
                try SignInEvent(
                    .sessionsEnded,
                    of: person,
                    detail: reason.rawValue,
                    session: except,
                    from: origin,
                    at: now
                ).record(in: transaction)
            }
            return count
        }
    }

    /// Notes that the session is in use, at most once a minute.
    ///
    /// - Parameter seenAt: when it was last noted, as the visitor says; nothing is written if that is recent.
    package func touch(_ id: WebSessionID, seenAt: Date) async throws {
        let now = time.now()
        guard now >= seenAt.addingTimeInterval(SessionLimits.touch) else { return }
        try await database.withPeople { try WebSessionQueries(transaction: $0).touch(id, at: now) }
    }

    /// Which tenant the pages show. That the person is a member of it is asked on each request, not here.
    package func switchTenant(_ id: WebSessionID, to tenant: TenantID?) async throws {
        try await database.withPeople {
            try WebSessionQueries(transaction: $0).show(tenant, support: nil, in: id)
        }
    }

    /// The same in the transaction that begins or ends an access of support; behind any door.
    package static func show(
        _ tenant: TenantID?,
        support: SupportAccessID?,
        in session: WebSessionID,
        _ transaction: Transaction
    ) throws {
        try WebSessionQueries(transaction: transaction).show(tenant, support: support, in: session)
    }
}
