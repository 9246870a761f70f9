import Foundation

/// When a mail that was not taken is tried again.
enum MailSchedule {
    /// How long one worker has the mails it took. It begins to send none of them in the last minute, which is longer
    /// than sending one may take.
    static let lease: TimeInterval = 300
    static let sendingWithinLease: TimeInterval = lease - 60
    /// How long it is tried.
    static let patience: TimeInterval = 3 * 24 * 3_600
    /// How long rows of mails that are done are kept, for the figures and for questions.
    static let memory: TimeInterval = 30 * 24 * 3_600

    private static let first: TimeInterval = 30
    private static let longest: TimeInterval = 3_600

    /// How long to wait after the attempt of that number, the first being 1: 30 seconds, twice as long each time, at
    /// most an hour.
    static func pause(after attempt: Int) -> TimeInterval {
        min(first * pow(2, Double(max(0, min(attempt, 20) - 1))), longest)
    }
}
