package import NIOCore

/// How long Redis is waited for, and how much may wait.
package struct RedisConfiguration: Sendable {
    package var connectTimeout: TimeAmount
    /// From a command's submission to its reply. One that is late ends the connection, because everything behind it is
    /// late too.
    package var commandTimeout: TimeAmount
    /// Commands without a reply; one more is refused as `overloaded`.
    package var inFlightLimit: Int
    /// The first pause after a lost connection; each further one is twice as long, up to `longestPause`, and between
    /// half and all of it is waited, so that nodes do not return in step.
    package var firstPause: TimeAmount
    package var longestPause: TimeAmount
    /// How often a subscribing connection asks whether the far end is there.
    package var heartbeat: TimeAmount
    /// Messages that wait for one subscriber; the oldest is dropped.
    package var messageLimit: Int

    package init(
        connectTimeout: TimeAmount = .seconds(2),
        commandTimeout: TimeAmount = .seconds(1),
        inFlightLimit: Int = 4_096,
        firstPause: TimeAmount = .milliseconds(100),
        longestPause: TimeAmount = .seconds(5),
        heartbeat: TimeAmount = .seconds(10),
        messageLimit: Int = 256
    ) {
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.inFlightLimit = inFlightLimit
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.heartbeat = heartbeat
        self.messageLimit = messageLimit
    }
}
