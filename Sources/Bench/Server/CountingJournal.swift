import Calls
import Synchronization

/// Counts facts and forgets them.
final class CountingJournal: CallJournal {
    private let facts = Atomic<Int>(0)

    var count: Int { facts.load(ordering: .relaxed) }

    func write(_ fact: CallFact) {
        facts.add(1, ordering: .relaxed)
    }

    func flush(within limit: Duration) async -> Bool { true }
}
