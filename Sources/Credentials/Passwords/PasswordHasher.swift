import CArgon2
import Foundation
import NIOPosix
import Synchronization

/// Computes Argon2id on threads of its own, a few at a time (requirement B1).
///
/// Each computation takes `memoryKiB` of memory for some tens of milliseconds, so `slots` bounds the memory, and the queue
/// before them bounds the wait: whoever finds it full is turned away with `.busy` at once.
package final class PasswordHasher: Sendable {
    package enum Failure: String, Error, Sendable {
        /// All slots and the queue are taken; try again later (503).
        case busy = "password_hasher_busy"
        /// The caller gave up while it waited, or the hasher was closed.
        case cancelled = "password_hasher_cancelled"
        /// libargon2 could not compute, most likely for want of memory.
        case failed = "password_hasher_failed"
    }

    package enum Verdict: Sendable, Equatable {
        case wrong
        /// `needsRehash`: the stored hash is weaker than today's; hash the password again while it is at hand.
        case right(needsRehash: Bool)
    }

    private static let saltBytes = 16
    private static let hashBytes = 32

    private let cost: PasswordHash.Cost
    private let limit: Int
    private let threads: NIOThreadPool
    private let admitted = Mutex(0)
    private let dummy: PasswordHash

    /// - Parameters:
    ///   - memoryKiB: Memory of one computation.
    ///   - iterations: Passes over it.
    ///   - parallelism: Lanes of one computation; more than 1 makes further threads.
    ///   - slots: Computations at the same time, at least 1.
    ///   - queue: How many may wait for a slot.
    package init(
        memoryKiB: UInt32 = 47_104,
        iterations: UInt32 = 1,
        parallelism: UInt32 = 1,
        slots: Int,
        queue: Int = 32
    ) {
        cost = PasswordHash.Cost(memoryKiB: memoryKiB, iterations: iterations, parallelism: parallelism)
        limit = max(1, slots) + max(0, queue)
        threads = NIOThreadPool(numberOfThreads: max(1, slots))
        threads.start()
        dummy = PasswordHash(
            cost: cost,
            salt: Data(repeating: 0, count: Self.saltBytes),
            hash: Data(repeating: 0, count: Self.hashBytes)
        )
    }

    /// A hash with a new random salt and today's parameters.
    package func hash(_ password: Password) async throws(Failure) -> PasswordHash {
        let salt = SecureBytes.random(Self.saltBytes)
        let hash = try await compute(password, salt: salt, cost: cost, count: Self.hashBytes)
        return PasswordHash(cost: cost, salt: salt, hash: hash)
    }

    /// Without a hash the work is that of today's parameters and the verdict `.wrong`, so that the time does not tell
    /// whether somebody has an account (requirement B6).
    package func verify(_ password: Password, _ hash: PasswordHash?) async throws(Failure) -> Verdict {
        let stored = hash ?? dummy
        let computed = try await compute(password, salt: stored.salt, cost: stored.cost, count: stored.hash.count)
        let isEqual = SecureBytes.areEqual(computed, stored.hash)
        guard isEqual, hash != nil else { return .wrong }
        return .right(needsRehash: isWeaker(stored))
    }

    /// Refuses what waits and ends the threads.
    package func close() async {
        await withCheckedContinuation { continuation in
            threads.shutdownGracefully { _ in continuation.resume() }
        }
    }

    private func isWeaker(_ hash: PasswordHash) -> Bool {
        hash.cost.memoryKiB < cost.memoryKiB || hash.cost.iterations < cost.iterations
    }

    private func compute(
        _ password: Password,
        salt: Data,
        cost: PasswordHash.Cost,
        count: Int
    ) async throws(Failure) -> Data {
        guard admit() else { throw .busy }
        defer { admitted.withLock { $0 -= 1 } }
        let computed: Data?
        do {
            computed = try await threads.runIfActive {
                Self.argon2id(password, salt: salt, cost: cost, count: count)
            }
        } catch {
            throw .cancelled
        }
        guard let computed else { throw .failed }
        return computed
    }

    private func admit() -> Bool {
        admitted.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    private static func argon2id(_ password: Password, salt: Data, cost: PasswordHash.Cost, count: Int) -> Data? {
        var hash = Data(count: count)
        let outcome = hash.withUnsafeMutableBytes { hash in
            salt.withUnsafeBytes { salt in
                password.withBytes { password in
                    argon2id_hash_raw(
                        cost.iterations,
                        cost.memoryKiB,
                        cost.parallelism,
                        password.baseAddress,
                        password.count,
                        salt.baseAddress,
                        salt.count,
                        hash.baseAddress,
                        hash.count
                    )
                }
            }
        }
        return outcome == ARGON2_OK.rawValue ? hash : nil
    }
}
