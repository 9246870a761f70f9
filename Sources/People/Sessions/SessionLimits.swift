package import Foundation

/// How long sessions live (requirement B3).
package enum SessionLimits {
    /// From the sign-in, whatever happens.
    package static let absolute: TimeInterval = 12 * 3_600
    /// From the password until the second factor was shown or set up.
    package static let unfinished: TimeInterval = 15 * 60
    /// How long a proof of a factor lasts for sensitive acts.
    package static let proof: TimeInterval = 10 * 60
    /// `seen_at` is written at most this often.
    package static let touch: TimeInterval = 60

    /// Without any request.
    package static func idle(_ role: PlatformRole?) -> TimeInterval { role == nil ? 60 * 60 : 15 * 60 }

    package static func isAlive(
        seenAt: Date,
        endsAt: Date,
        endedAt: Date?,
        platformRole: PlatformRole?,
        at date: Date
    ) -> Bool {
        endedAt == nil && date < endsAt && date < seenAt.addingTimeInterval(idle(platformRole))
    }

    /// Whether a factor was proven recently enough for a sensitive act.
    package static func isProven(strongAt: Date?, at date: Date) -> Bool {
        strongAt.map { date < $0.addingTimeInterval(proof) } ?? false
    }
}
