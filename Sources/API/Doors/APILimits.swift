import HTTPTypes
import Kernel
package import RedisStore
import Tenants

/// How many requests a key may make, and all keys of a tenant together (requirements E6, E7).
package struct APILimits: Sendable {
    package static let perKey = RateLimit(600, per: .seconds(60))
    package static let perTenant = RateLimit(1_800, per: .seconds(60))

    private let limiter: RateLimiter
    private let perKey: RateLimit
    private let perTenant: RateLimit
    private let nodes: Int

    /// - Parameter nodes: of how many processes each takes its share while Redis is away.
    package init(
        _ limiter: RateLimiter,
        nodes: Int,
        perKey: RateLimit = APILimits.perKey,
        perTenant: RateLimit = APILimits.perTenant
    ) {
        self.limiter = limiter
        self.nodes = nodes
        self.perKey = perKey
        self.perTenant = perTenant
    }

    /// Counts one request.
    /// - Returns: the fields that every answer to it carries.
    /// - Throws: `APIProblem` if it is one too many.
    func admit(_ identity: APIKeyIdentity) async throws -> HTTPFields {
        let key = await limiter.admit(
            CanonicalKey(.tenant(identity.tenant), "api", "key", identity.key.description),
            limit: perKey,
            whenAway: .share(nodes: nodes)
        )
        guard key.isAllowed else { throw refusal([("key", key)], key) }
        let tenant = await limiter.admit(
            CanonicalKey(.tenant(identity.tenant), "api"),
            limit: perTenant,
            whenAway: .share(nodes: nodes)
        )
        guard tenant.isAllowed else { throw refusal([("key", key), ("tenant", tenant)], tenant) }
        return fields([("key", key), ("tenant", tenant)])
    }

    private func refusal(_ verdicts: [(String, RateVerdict)], _ refused: RateVerdict) -> APIProblem {
        var fields = fields(verdicts)
        fields[.retryAfter] = String(Self.wait(refused))
        return APIProblem(.tooManyRequests, headers: fields)
    }

    /// `RateLimit` and `RateLimit-Policy` as draft-ietf-httpapi-ratelimit-headers spells them.
    private func fields(_ verdicts: [(name: String, verdict: RateVerdict)]) -> HTTPFields {
        var fields = HTTPFields()
        if let name = HTTPField.Name("RateLimit-Policy") {
            fields[name] = Self.policy("key", perKey) + ", " + Self.policy("tenant", perTenant)
        }
        if let name = HTTPField.Name("RateLimit") {
            fields[name] = verdicts.map { name, verdict in
                "\"\(name)\";r=\(verdict.remaining);t=\(Self.wait(verdict))"
            }.joined(separator: ", ")
        }
        return fields
    }

    private static func policy(_ name: String, _ limit: RateLimit) -> String {
        "\"\(name)\";q=\(limit.limit);w=\(seconds(limit.period))"
    }

    /// For who was refused: until the same request is admitted, so that `Retry-After` is never earlier than `t`.
    private static func wait(_ verdict: RateVerdict) -> Int {
        verdict.isAllowed ? seconds(verdict.resetAfter) : max(1, seconds(verdict.retryAfter ?? verdict.resetAfter))
    }

    private static func seconds(_ duration: Duration) -> Int { Int(duration.seconds.rounded(.up)) }
}
