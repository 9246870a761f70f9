/// The generic cell rate algorithm on one number: the theoretical arrival time, in microseconds.
struct GCRA {
    let emission: Int
    let burst: Int

    init(_ limit: RateLimit) {
        emission = limit.emissionMicroseconds
        burst = limit.burst
    }

    /// Decides about `cost` units at `now` and advances `arrival` if they are allowed.
    func decide(arrival: inout Int, now: Int, cost: Int, isLocal: Bool) -> RateVerdict {
        let current = max(arrival, now)
        let next = current + cost * emission
        let tolerance = burst * emission
        let spare = now - (next - tolerance)
        let isAllowed = spare >= 0
        if isAllowed { arrival = next }
        let after = isAllowed ? next : current
        return RateVerdict(
            isAllowed: isAllowed,
            remaining: max(0, (now - (after - tolerance)) / emission),
            resetAfter: .microseconds(after - now),
            retryAfter: isAllowed || cost > burst ? nil : .microseconds(-spare),
            isLocal: isLocal
        )
    }
}
