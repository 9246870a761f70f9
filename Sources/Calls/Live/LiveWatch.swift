package import Kernel
package import RedisStore

/// Follows the running calls of a tenant: through Redis as they change, and by what is stored.
package struct LiveWatch: Sendable {
    private let redis: Redis
    private let reading: CallReading

    package init(redis: Redis, reading: CallReading) {
        self.redis = redis
        self.reading = reading
    }

    /// Asks Redis once, so that `isFollowing` knows: its client connects when it is first used.
    package func wake() async {
        // Whether it answered is what `isFollowing` says.
        do { try await redis.ping() } catch {}
    }

    /// Whether changes come by themselves; otherwise they are found by reading.
    package var isFollowing: Bool { redis.isAvailable }

    /// What is stored, oldest call first.
    package func running(_ tenant: TenantID) async throws -> [RunningCall] {
        try await reading.running(tenant, turns: LiveBoard.turns)
    }

    /// What happens from now on, each to be read by `LiveChange(message:)`. While Redis is away, changes are lost. Ends
    /// when the caller stops listening.
    package func messages(of tenant: TenantID) -> AsyncStream<String> { redis.subscribe(Self.channel(tenant)) }

    static func channel(_ tenant: TenantID) -> CanonicalKey { CanonicalKey(.tenant(tenant), "live") }
}

extension LiveAnnouncer {
    /// Through Redis. While it is away, changes are lost; its client counts and logs that.
    package convenience init(redis: Redis) {
        self.init { tenant, message in
            do { try await redis.publish(LiveWatch.channel(tenant), message) } catch {}
        }
    }
}
