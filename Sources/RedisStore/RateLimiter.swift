import Foundation
package import Kernel
import Synchronization
package import Telemetry

/// Limits that hold over all nodes: one script in Redis decides by Redis' own clock, so that the nodes' clocks do not
/// matter (requirement E1). While Redis is away each node decides for itself, more strictly (requirement E6).
package final class RateLimiter: Sendable {
    /// Integer microseconds throughout; `%.0f` because Lua prints large numbers with 14 digits.
    static let script = RedisScript(
        """
        local emission = tonumber(ARGV[1])
        local burst = tonumber(ARGV[2])
        local cost = tonumber(ARGV[3])
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
        local arrival = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
        local tolerance = burst * emission
        local following = arrival + cost * emission
        local spare = now - (following - tolerance)
        local allowed = 0
        local retry = -1
        if spare >= 0 then
            allowed = 1
            arrival = following
            if arrival > now then
                redis.call('SET', KEYS[1], string.format('%.0f', arrival), 'PX', math.ceil((arrival - now) / 1000))
            end
        elseif cost <= burst then
            retry = -spare
        end
        local remaining = math.max(0, math.floor((now - (arrival - tolerance)) / emission))
        return {allowed, remaining, string.format('%.0f', arrival - now), string.format('%.0f', retry), string.format('%.0f', now)}
        """
    )

    private let redis: Redis
    private let local: LocalBuckets
    private let time: TimeSource
    private let decidedLocally: Counter

    package init(redis: Redis, time: TimeSource, metrics: Metrics) {
        self.redis = redis
        self.time = time
        local = LocalBuckets(capacity: 10_000)
        decidedLocally = metrics.counter(
            "voiceagent_rate_limit_local_decisions_total",
            help: "Decisions of one node alone, because Redis was away."
        )
    }

    /// Decides about `cost` units (at least 1) of the bucket `key`.
    package func admit(
        _ key: CanonicalKey,
        limit: RateLimit,
        cost: Int = 1,
        whenAway fallback: RateFallback
    ) async -> RateVerdict {
        let cost = max(1, cost)
        do throws(RedisError) {
            return try await askRedis(key, limit, cost).verdict
        } catch {
            // Every failure has the same answer; the client counts and logs which it was.
            decidedLocally.increment()
            return decideLocally(key, limit, cost, fallback)
        }
    }

    func askRedis(
        _ key: CanonicalKey,
        _ limit: RateLimit,
        _ cost: Int
    ) async throws(RedisError) -> (verdict: RateVerdict, now: Int) {
        let arguments = [limit.emissionMicroseconds, limit.burst, cost].map(String.init)
        let reply = try await redis.evaluate(Self.script, keys: [key], arguments: arguments)
        guard let numbers = reply.elements?.map(\.number), numbers.count == 5, let allowed = numbers[0],
            let remaining = numbers[1], let reset = numbers[2], let retry = numbers[3], let now = numbers[4]
        else { throw .unexpectedReply }
        let verdict = RateVerdict(
            isAllowed: allowed == 1,
            remaining: remaining,
            resetAfter: .microseconds(reset),
            retryAfter: retry < 0 ? nil : .microseconds(retry),
            isLocal: false
        )
        return (verdict, now)
    }

    private func decideLocally(
        _ key: CanonicalKey,
        _ limit: RateLimit,
        _ cost: Int,
        _ fallback: RateFallback
    ) -> RateVerdict {
        let now = Int(time.now().timeIntervalSince1970 * 1_000_000)
        switch fallback {
        case .strict:
            return local.decide(key, limit.share(of: 4), cost, now: now, whenFull: false)
        case .ceiling(let ceiling):
            return local.decide(key, ceiling, cost, now: now, whenFull: true)
        case .share(let nodes):
            return local.decide(key, limit.share(of: nodes), cost, now: now, whenFull: false)
        }
    }
}

/// Buckets in this process' memory. At most `capacity`: when there are more, those that are as good as new go, and a
/// bucket that finds no room is decided by `whenFull`.
final class LocalBuckets: Sendable {
    private let capacity: Int
    private let arrivals = Mutex<[CanonicalKey: Int]>([:])

    init(capacity: Int) {
        self.capacity = capacity
    }

    func decide(_ key: CanonicalKey, _ limit: RateLimit, _ cost: Int, now: Int, whenFull: Bool) -> RateVerdict {
        arrivals.withLock { arrivals in
            if arrivals[key] == nil, arrivals.count >= capacity {
                arrivals = arrivals.filter { $0.value > now }
                if arrivals.count >= capacity {
                    return RateVerdict(
                        isAllowed: whenFull,
                        remaining: 0,
                        resetAfter: limit.period,
                        retryAfter: whenFull ? nil : limit.period,
                        isLocal: true
                    )
                }
            }
            var arrival = arrivals[key] ?? now
            let verdict = GCRA(limit).decide(arrival: &arrival, now: now, cost: cost, isLocal: true)
            arrivals[key] = arrival
            return verdict
        }
    }

    var count: Int { arrivals.withLock { $0.count } }
}
