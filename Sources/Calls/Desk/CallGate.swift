package import Kernel
package import RedisStore

/// A port: whether another call is welcome, asked after the signature and before anything is looked up or written about
/// the call (decision 11).
package struct CallGate: Sendable {
    package let admitsNumber: @Sendable (E164) async -> Bool
    package let admitsTenant: @Sendable (TenantID) async -> Bool

    package init(
        admitsNumber: @escaping @Sendable (E164) async -> Bool,
        admitsTenant: @escaping @Sendable (TenantID) async -> Bool
    ) {
        self.admitsNumber = admitsNumber
        self.admitsTenant = admitsTenant
    }

    /// Limits over all nodes. While Redis is away, each node lets through as much as one node may.
    package static func limited(
        by limiter: RateLimiter,
        number: RateLimit = RateLimit(20, per: .seconds(1), burst: 100),
        tenant: RateLimit = RateLimit(40, per: .seconds(1), burst: 200)
    ) -> CallGate {
        CallGate(
            admitsNumber: { called in
                let key = CanonicalKey(.platform, "calls", "number", called.value)
                return await limiter.admit(key, limit: number, whenAway: .ceiling(number)).isAllowed
            },
            admitsTenant: { id in
                await limiter.admit(CanonicalKey(.tenant(id), "calls"), limit: tenant, whenAway: .ceiling(tenant))
                    .isAllowed
            }
        )
    }
}
