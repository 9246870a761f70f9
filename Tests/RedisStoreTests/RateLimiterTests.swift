import Foundation
import Kernel
import RedisStore
import Synchronization
import Telemetry
import Testing

@testable import RedisStore

/// The algorithm once more, written down from its definition: a bucket of `burst` units that empties by one unit each
/// `emission` microseconds.
private struct LeakyBucket {
    let emission: Int
    let burst: Int
    /// The bucket's content in microseconds of emptying, and when it was so.
    var content = 0
    var at = 0

    mutating func admits(_ cost: Int, at now: Int) -> Bool {
        content = max(0, content - (now - at))
        at = now
        guard content + cost * emission <= burst * emission else { return false }
        content += cost * emission
        return true
    }
}

@Suite struct RateLimiterTests {
    private struct Decision: Sendable {
        let now: Int
        let cost: Int
        let verdict: RateVerdict
    }

    @Test(
        "E1: eight nodes admit exactly what a bucket admits, with random costs",
        .enabled(if: GivenRedis.url != nil),
        arguments: [RateLimit(2_000, per: .seconds(1), burst: 50), RateLimit(7, per: .milliseconds(3), burst: 9)]
    )
    func oracle(limit: RateLimit) async throws {
        let key = GivenRedis.key("eimer")
        let decisions = try await withThrowingTaskGroup(of: [Decision].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let redis = try GivenRedis.client()
                    // The nodes' own clocks are wrong by years and must not matter.
                    let skewed = TimeSource(now: { Date(timeIntervalSince1970: .random(in: 0...4e9)) }, sleep: { _ in })
                    let limiter = RateLimiter(redis: redis, time: skewed, metrics: Metrics())
                    var made: [Decision] = []
                    for _ in 0..<6_250 {
                        let cost = Int.random(in: 1...12)
                        let (verdict, now) = try await limiter.askRedis(key, limit, cost)
                        made.append(Decision(now: now, cost: cost, verdict: verdict))
                    }
                    await redis.close()
                    return made
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // Within one microsecond the admitted come in the order in which they filled the bucket, the refused after
        // whatever filled it.
        let ordered = decisions.sorted { left, right in
            let (l, r) = (left.verdict, right.verdict)
            if left.now != right.now { return left.now < right.now }
            if l.resetAfter != r.resetAfter { return l.resetAfter < r.resetAfter }
            return l.isAllowed && !r.isAllowed
        }
        var bucket = LeakyBucket(emission: limit.emissionMicroseconds, burst: limit.burst)
        var admitted = 0
        var differences = 0
        for decision in ordered {
            let verdict = decision.verdict
            let expected = bucket.admits(decision.cost, at: decision.now)
            admitted += expected ? 1 : 0
            let room = limit.burst * bucket.emission - bucket.content
            let agrees =
                verdict.isAllowed == expected && verdict.resetAfter == .microseconds(bucket.content)
                && verdict.remaining == room / bucket.emission
            differences += agrees ? 0 : 1
        }
        #expect(ordered.count == 50_000)
        #expect(differences == 0)
        #expect((1..<ordered.count).contains(admitted))
    }

    @Test("E1: retrying after the time that was named succeeds, never a microsecond earlier")
    func retryAfterIsExact() {
        let gcra = GCRA(RateLimit(10, per: .seconds(60), burst: 3))
        var arrival = 0
        #expect(gcra.decide(arrival: &arrival, now: 1_000, cost: 3, isLocal: true).isAllowed)
        let refused = gcra.decide(arrival: &arrival, now: 1_500, cost: 2, isLocal: true)
        #expect(!refused.isAllowed && refused.remaining == 0)
        let wait = Int((refused.retryAfter ?? .zero) / .microseconds(1))
        var copy = arrival
        #expect(!gcra.decide(arrival: &copy, now: 1_500 + wait - 1, cost: 2, isLocal: true).isAllowed)
        #expect(gcra.decide(arrival: &arrival, now: 1_500 + wait, cost: 2, isLocal: true).isAllowed)
        #expect(gcra.decide(arrival: &arrival, now: .max / 4, cost: 4, isLocal: true).retryAfter == nil)
    }

    @Test("E1: a burst of one admits one of forty, a burst of ten admits ten")
    func bursts() {
        for burst in [1, 10] {
            let gcra = GCRA(RateLimit(10, per: .seconds(60), burst: burst))
            var arrival = 0
            let admitted = (0..<40).filter { _ in
                gcra.decide(arrival: &arrival, now: 5, cost: 1, isLocal: true).isAllowed
            }
            #expect(admitted.count == burst)
        }
    }

    @Test("E6: without Redis each class has its own local rule")
    func fallbacks() async throws {
        let server = try await ScriptedRedis { _ in nil }
        try await server.close()
        let redis = try server.client()
        let now = Mutex(Date(timeIntervalSince1970: 1_000_000))
        let limiter = RateLimiter(
            redis: redis,
            time: TimeSource(now: { now.withLock { $0 } }, sleep: { _ in }),
            metrics: Metrics()
        )
        let limit = RateLimit(40, per: .seconds(60))
        func admitted(_ fallback: RateFallback) async -> Int {
            let key = GivenRedis.key("fern")
            var count = 0
            for _ in 0..<100 {
                let verdict = await limiter.admit(key, limit: limit, whenAway: fallback)
                #expect(verdict.isLocal)
                count += verdict.isAllowed ? 1 : 0
            }
            return count
        }
        #expect(await admitted(.strict) == 10)
        #expect(await admitted(.share(nodes: 2)) == 20)
        #expect(await admitted(.ceiling(RateLimit(70, per: .seconds(1)))) == 70)
        await redis.close()
    }

    @Test("E6: with no room for another bucket an account is refused and a signed request passes")
    func fullTable() {
        let buckets = LocalBuckets(capacity: 2)
        let limit = RateLimit(1, per: .seconds(1))
        func decide(_ name: String, at now: Int, whenFull: Bool) -> Bool {
            buckets.decide(CanonicalKey(.platform, name), limit, 1, now: now, whenFull: whenFull).isAllowed
        }
        #expect(decide("a", at: 0, whenFull: false) && decide("b", at: 0, whenFull: false))
        #expect(!decide("c", at: 1, whenFull: false))
        #expect(decide("c", at: 1, whenFull: true))
        #expect(!decide("a", at: 1, whenFull: true))
        #expect(decide("c", at: 2_000_000, whenFull: false))
        #expect(buckets.count == 1)
    }
}
