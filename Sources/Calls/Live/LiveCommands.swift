import Foundation
package import Kernel
package import Logging
package import RedisStore

/// Carries commands to the process that leads a call, through Redis, and their acknowledgement back.
///
/// The answer is a key that lives for a few seconds and is looked for, rather than a message: whoever asks need not be
/// subscribed before the answer is given.
package struct LiveCommands: Sendable {
    /// How long an answer is waited for (decision 16).
    package static let patience = Duration.seconds(1)
    private static let look = Duration.milliseconds(25)
    private static let answerLifetime = Duration.seconds(10)

    private let redis: Redis
    private let time: TimeSource

    package init(redis: Redis, time: TimeSource) {
        self.redis = redis
        self.time = time
    }

    /// - Returns: whether the process `node` has the call and does as it was told; false without an answer in time.
    package func send(_ command: LiveCommand, to node: String) async -> Bool {
        do {
            let text = String(decoding: try JSONEncoder().encode(command), as: UTF8.self)
            guard try await redis.publish(Self.channel(node), text) > 0 else { return false }
            return try await time.limit(Self.patience) {
                while true {
                    if let answer = try await redis.get(Self.answer(command.id)) { return answer == "done" }
                    try await time.sleep(Self.look)
                }
            }
        } catch {
            return false
        }
    }

    /// Performs the commands for the process `node`, until it is cancelled.
    ///
    /// - Parameter tell: whether the call is here and was told.
    package func listen(
        as node: String,
        logger: Logger,
        tell: @Sendable (CallSid, CallMachine.Event) -> Bool
    ) async {
        for await text in redis.subscribe(Self.channel(node)) {
            do {
                let command = try JSONDecoder().decode(LiveCommand.self, from: Data(text.utf8))
                let isHere = tell(command.call, command.wish.event)
                logger.info(
                    "a command for a running call",
                    metadata: ["call.sid": "\(command.call)", "call.is_here": "\(isHere)"]
                )
                try await redis.set(
                    Self.answer(command.id),
                    isHere ? "done" : "absent",
                    lifetime: Self.answerLifetime
                )
            } catch {
                logger.warning("a command was not answered", metadata: ["error.type": "\(type(of: error))"])
            }
        }
    }

    private static func channel(_ node: String) -> CanonicalKey { CanonicalKey(.platform, "commands", node) }

    private static func answer(_ id: UUID) -> CanonicalKey {
        CanonicalKey(.platform, "command-answer", id.uuidString.lowercased())
    }
}
