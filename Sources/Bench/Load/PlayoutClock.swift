/// What the carrier does with sound: it plays in real time, one piece after the other, and returns a mark when
/// everything before it has been played or has been cleared. Times are nanoseconds of one clock.
struct PlayoutClock {
    private var playedUntil: Int64 = 0
    private var marks: [(name: String, at: Int64)] = []

    mutating func play(bytes: Int, at now: Int64) {
        playedUntil = max(playedUntil, now) + Int64(bytes) * 125_000
    }

    mutating func mark(_ name: String, at now: Int64) {
        marks.append((name, max(playedUntil, now)))
    }

    /// Forgets what has not been played and returns the marks in it.
    mutating func clear(at now: Int64) -> [String] {
        playedUntil = now
        defer { marks.removeAll(keepingCapacity: true) }
        return marks.map(\.name)
    }

    /// The marks that have been reached.
    mutating func due(at now: Int64) -> [String] {
        guard let first = marks.first, first.at <= now else { return [] }
        let due = marks.prefix { $0.at <= now }.map(\.name)
        marks.removeFirst(due.count)
        return due
    }
}
