package import Database
package import Foundation
package import Kernel

/// Lets go what nobody needs any more: personal data is kept no longer than it is good for something.
package struct PeopleUpkeep: Sendable {
    /// How long ended sessions, used links and copied events stay.
    package static let keep: TimeInterval = 30 * 86_400
    /// Rows of one table in one round.
    private static let batch = 1_000

    private let database: Database
    private let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// One round; safe to repeat, and to run in several processes.
    ///
    /// - Returns: how many rows went; as long as there are any, another round is worth it.
    @discardableResult
    package func sweep() async throws -> Int {
        let now = time.now()
        let limit = now.addingTimeInterval(-Self.keep)
        let batch = Self.batch
        return try await database.withPeople { transaction in
            let challenges = try transaction.execute(
                """
                DELETE FROM web_challenge WHERE id IN (SELECT id FROM web_challenge WHERE expires_at <= \(now)
                    ORDER BY expires_at LIMIT \(batch) FOR UPDATE SKIP LOCKED)
                """
            )
            let tokens = try transaction.execute(
                """
                DELETE FROM person_token WHERE hash IN (SELECT hash FROM person_token WHERE expires_at <= \(limit)
                    ORDER BY expires_at LIMIT \(batch) FOR UPDATE SKIP LOCKED)
                """
            )
            let sessions = try transaction.execute(
                """
                DELETE FROM web_session WHERE id IN (SELECT id FROM web_session WHERE ends_at <= \(limit)
                    ORDER BY ends_at LIMIT \(batch) FOR UPDATE SKIP LOCKED)
                """
            )
            let events = try transaction.execute(
                """
                DELETE FROM sign_in_event WHERE id IN (SELECT id FROM sign_in_event WHERE at <= \(limit)
                    AND recorded_at IS NOT NULL AND platform_recorded_at IS NOT NULL
                    ORDER BY at LIMIT \(batch) FOR UPDATE SKIP LOCKED)
                """
            )
            return challenges + tokens + sessions + events
        }
    }
}
