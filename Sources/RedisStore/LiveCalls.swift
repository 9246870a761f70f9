package import Kernel

/// The live copy of each call's session, for live views, commands and a node that resumes. Renewed every turn and gone
/// by itself when nobody renews it; the truth stands in the database.
package struct LiveCalls: Sendable {
    private let redis: Redis

    package init(redis: Redis) {
        self.redis = redis
    }

    /// - Parameter json: the session as its owner writes it; not looked into here.
    package func put(
        _ json: String,
        call: CallID,
        of tenant: TenantID,
        lifetime: Duration
    ) async throws(RedisError) {
        try await redis.set(key(call, tenant), json, lifetime: lifetime)
    }

    package func get(call: CallID, of tenant: TenantID) async throws(RedisError) -> String? {
        try await redis.get(key(call, tenant))
    }

    package func remove(call: CallID, of tenant: TenantID) async throws(RedisError) {
        try await redis.delete(key(call, tenant))
    }

    private func key(_ call: CallID, _ tenant: TenantID) -> CanonicalKey {
        CanonicalKey(.tenant(tenant), "call", call.description)
    }
}
