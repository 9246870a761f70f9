import Database
import Kernel
import Logging
import People

extension ServiceTask {
    /// Carries sign-ins into the audit chains every ten seconds, and lets go what nobody needs any more.
    ///
    /// What fails is tried again in the next round; each round continues where the last one that succeeded ended.
    static func people(_ database: Database, time: TimeSource, logger: Logger) -> ServiceTask {
        let ledger = SignInLedger(database)
        let upkeep = PeopleUpkeep(database, time: time)
        return ServiceTask {
            while true {
                do {
                    while try await ledger.copy() > 0 {}
                    while try await upkeep.sweep() > 0 {}
                } catch let error as DatabaseError {
                    logger.error("sign-ins not carried into the chains", metadata: ["error": "\(error)"])
                }
                try await time.sleep(.seconds(10))
            }
        }
    }
}
