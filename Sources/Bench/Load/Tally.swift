/// What a load has found out. Delays are nanoseconds.
struct Tally: Sendable {
    /// From the sending of the frame that completes the silence to the first sound of the answer.
    var answerDelays: [Int64] = []
    /// From the sending of the frame that makes the voice long enough to the `clear`.
    var clearDelays: [Int64] = []
    /// How late the frames were sent that were sent together, against the clock of the load.
    var lateness: [Int64] = []
    var framesSent = 0
    /// Sound between a `clear` and the end of the caller's next turn.
    var framesAfterClear = 0
    /// Sound that nobody had waited for.
    var earlySounds = 0
    /// A `clear` before the caller had spoken long enough.
    var earlyClears = 0
    var missedAnswers = 0
    var missedClears = 0
    /// Calls whose connection ended before they did.
    var lostCalls = 0

    /// What went wrong, as words; nothing if all is well.
    var complaints: [String] {
        let counts = [
            (framesAfterClear, "frames after a clear"), (earlySounds, "sounds too early"),
            (earlyClears, "clears too early"), (missedAnswers, "answers missing"), (missedClears, "clears missing"),
            (lostCalls, "calls lost"),
        ]
        return counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    }
}

/// The usual percentiles of many delays, by nearest rank, in milliseconds.
struct DelayPercentiles: Equatable {
    let count: Int
    let p50: Double
    let p99: Double
    let highest: Double

    /// Nil for no values.
    init?(nanoseconds values: [Int64]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        func rank(_ share: Double) -> Double {
            let index = Int((share * Double(sorted.count)).rounded(.up)) - 1
            return Double(sorted[max(0, index)]) / 1e6
        }
        count = sorted.count
        p50 = rank(0.5)
        p99 = rank(0.99)
        highest = rank(1)
    }
}
