package import Foundation

/// How the queue of mails stands.
package struct OutboxFigures: Sendable, Equatable {
    /// Mails that are still to be sent.
    package let waiting: Int
    /// Those of them that were refused at least once.
    package let delayed: Int
    /// When the oldest of those waiting was posted; nil if none waits.
    package let oldestWaiting: Date?
    /// Mails that were handed over, of the last 24 hours.
    package let sentLastDay: Int
    /// Mails that were given up, of the last 24 hours.
    package let failedLastDay: Int

    package init(waiting: Int, delayed: Int, oldestWaiting: Date?, sentLastDay: Int, failedLastDay: Int) {
        self.waiting = waiting
        self.delayed = delayed
        self.oldestWaiting = oldestWaiting
        self.sentLastDay = sentLastDay
        self.failedLastDay = failedLastDay
    }
}
