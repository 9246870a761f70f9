import Database
import RedisStore
import Stripe
import Web

extension HealthProbes {
    static func of(database: Database, redis: Redis, stripe: StripeHealth) -> HealthProbes {
        HealthProbes(
            database: { try await database.ping() },
            redis: { try await redis.ping() },
            stripe: {
                switch await stripe.state() {
                case .operational: return
                case .unauthorized: throw HealthProblem(.unauthorized)
                case .unreachable, .failing: throw HealthProblem(.unreachable)
                }
            }
        )
    }

    /// For a process that needs neither Redis nor Stripe.
    static func of(database: Database) -> HealthProbes {
        HealthProbes(
            database: { try await database.ping() },
            redis: { throw HealthProblem(.unconfigured) },
            stripe: { throw HealthProblem(.unconfigured) }
        )
    }
}
