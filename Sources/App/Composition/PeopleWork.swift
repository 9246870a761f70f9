import Database
import Kernel
import People

extension Job {
    /// Carries sign-ins into the audit chains every ten seconds, and lets go what nobody needs any more.
    func signIns(_ database: Database, time: TimeSource) -> ServiceTask {
        let ledger = SignInLedger(database)
        let upkeep = PeopleUpkeep(database, time: time)
        return every(.seconds(10)) {
            var sum = 0
            while case let count = try await ledger.copy(), count > 0 { sum += count }
            while try await upkeep.sweep() > 0 {}
            return sum
        }
    }
}
