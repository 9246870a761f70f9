/// How much of something is allowed: `limit` units in each `period` on average, `burst` at once.
package struct RateLimit: Sendable, Hashable {
    package let limit: Int
    package let period: Duration
    package let burst: Int

    /// Values below 1 count as 1; without `burst`, a whole period's worth may come at once.
    package init(_ limit: Int, per period: Duration, burst: Int? = nil) {
        self.limit = max(1, limit)
        self.period = period
        self.burst = max(1, burst ?? limit)
    }

    /// Time that one unit takes to become free again, in microseconds; at least 1.
    var emissionMicroseconds: Int {
        let (seconds, attoseconds) = period.components
        let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
        return max(1, microseconds / limit)
    }

    /// This limit on one of `nodes` nodes that know nothing of each other.
    package func share(of nodes: Int) -> RateLimit {
        let nodes = max(1, nodes)
        return RateLimit(max(1, limit / nodes), per: period, burst: max(1, burst / nodes))
    }
}

package struct RateVerdict: Sendable, Equatable {
    package let isAllowed: Bool
    /// Units that would be allowed right now after this decision.
    package let remaining: Int
    /// Until the bucket is as good as new.
    package let resetAfter: Duration
    /// Until the same request would be allowed; nil if it is, or never will be because it costs more than a burst.
    package let retryAfter: Duration?
    /// Decided by this node alone, because Redis was away.
    package let isLocal: Bool
}

/// What happens while Redis is away (requirement E6).
package enum RateFallback: Sendable, Equatable {
    /// For what protects an account: the node's own bucket at a quarter of the limit, and refusal when it has no room
    /// to keep another one.
    case strict
    /// For what has proven itself by a signature: passes up to this limit of the node's own.
    case ceiling(RateLimit)
    /// For ordinary use: the node's own bucket at its share.
    case share(nodes: Int)
}
