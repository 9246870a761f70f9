/// Why the database did not do what it was asked to.
///
/// No case carries a value of a row: PostgreSQL's messages may quote what a caller said or is called by.
package enum DatabaseError: Error, Equatable, Sendable {
    /// The database could not be reached or did not answer in time. Trying again later may succeed.
    case unavailable(Unavailability)
    /// A constraint refused the row (SQLSTATE class 23).
    case refused(sqlState: SQLState, constraint: String?)
    /// Any other answer of the server.
    case failed(sqlState: SQLState)
    /// A column held something else than was asked for.
    case unreadable(column: String, UnreadableValue)

    /// Whether the same act may succeed when it is repeated as a whole. It must be idempotent: after
    /// `Unavailability.outcomeUnknown` it may have happened already.
    package var isRetryable: Bool {
        switch self {
        case .unavailable(let reason): reason != .shutDown && reason != .notConfigured
        case .failed(let sqlState): sqlState.isTransient
        case .refused, .unreadable: false
        }
    }

    /// Whether PostgreSQL refused the row because another one has the same key or overlaps it.
    package var isConflict: Bool {
        guard case .refused(let sqlState, _) = self else { return false }
        return sqlState == .uniqueViolation || sqlState == .exclusionViolation
    }
}

/// In which way the database was unavailable.
package enum Unavailability: String, Error, Sendable, Equatable {
    /// No connection could be made, or it broke before anything was committed.
    case connection
    /// Connecting took longer than `DatabaseConfiguration.connectTimeout`.
    case connectTimeout
    /// A statement took longer than `DatabaseConfiguration.statementTimeout`.
    case statementTimeout
    /// No connection became free within `DatabaseConfiguration.acquireTimeout`.
    case acquireTimeout
    /// Too many were waiting for a connection already.
    case poolExhausted
    /// The connection broke during COMMIT: it is not known whether the transaction took effect.
    case outcomeUnknown
    /// `Database.shutdown()` has been called.
    case shutDown
    /// The keys of tenants could not be read or written.
    case keys
    /// The platform's door was opened without a login for it.
    case notConfigured
}

/// A five-character code of PostgreSQL's, with the server's message where that cannot quote data.
package struct SQLState: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let code: String
    /// The server's primary message for errors about the statement itself (class 42); nil for all others.
    package let message: String?

    package init(_ code: String, message: String? = nil) {
        self.code = code
        self.message = code.hasPrefix("42") ? message : nil
    }

    package init(stringLiteral code: String) {
        self.init(code)
    }

    package var description: String { message.map { "\(code) (\($0))" } ?? code }

    package static let notNullViolation: SQLState = "23502"
    package static let foreignKeyViolation: SQLState = "23503"
    package static let uniqueViolation: SQLState = "23505"
    package static let checkViolation: SQLState = "23514"
    package static let exclusionViolation: SQLState = "23P01"
    package static let serializationFailure: SQLState = "40001"
    package static let deadlockDetected: SQLState = "40P01"
    package static let insufficientPrivilege: SQLState = "42501"
    package static let queryCanceled: SQLState = "57014"
    package static let featureNotSupported: SQLState = "0A000"
    package static let inFailedTransaction: SQLState = "25P02"
    package static let characterNotInRepertoire: SQLState = "22021"

    /// Rolled back by the server in favour of another transaction, or because a cached plan had become stale.
    var isTransient: Bool { self == .serializationFailure || self == .deadlockDetected || self == .featureNotSupported }
    /// The server refuses or ends connections: 08 connection, 53 resources, 57P operator intervention.
    var meansUnavailable: Bool { code.hasPrefix("08") || code.hasPrefix("53") || code.hasPrefix("57P") }
    var isConstraint: Bool { code.hasPrefix("23") }
}

extension SQLState: Hashable {
    /// The code alone decides.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
