import Crypto
package import Database
package import Foundation
import HTTPTypes
package import Kernel
import Localization
import Logging
import NIOCore
import Tenants
import Web

/// Lets a request that carries an `Idempotency-Key` take effect once, however often it is sent
/// (draft-ietf-httpapi-idempotency-key-header): whoever repeats it gets the first answer.
///
/// The row of the key is inserted before anything is done and filled with the answer afterwards. What fails on our side
/// takes its row away, so that it can be tried again.
package struct Idempotency: Sendable {
    /// How long answers are kept.
    package static let kept: TimeInterval = 86_400
    /// After that a request that never got an answer is held for lost. Longer than any request takes.
    static let patience: TimeInterval = 60

    private let database: Database
    private let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// Removes what is older than a day, for `work`.
    /// - Returns: how many rows are gone.
    @discardableResult
    package func purge(_ tenants: [TenantID]) async throws -> Int {
        let end = time.now().addingTimeInterval(-Self.kept)
        var gone = 0
        for tenant in tenants {
            gone += try await database.withTenant(tenant) { transaction in
                let queries = IdempotencyQueries(transaction: transaction, tenant: tenant)
                var sum = 0
                while case let count = try queries.purge(before: end), count > 0 { sum += count }
                return sum
            }
        }
        return gone
    }

    /// Runs `act`, or answers what it answered before.
    func once(
        _ visit: APIVisit,
        _ catalog: Catalog,
        _ language: Language,
        _ act: () async throws -> APIAnswer
    ) async throws -> APIAnswer {
        guard let key = try Self.key(visit) else { return try await act() }
        let began = time.now()
        let claim = IdempotencyClaim(key: visit.identity.key, text: key, hash: Self.hash(visit), at: began)
        switch try await begin(claim, of: visit.tenant) {
        case .first: break
        case .answered(let status, let body):
            var answer = APIAnswer(status: HTTPResponse.Status(code: status), body: body)
            if let name = HTTPField.Name("Idempotency-Replayed") { answer.headers[name] = "true" }
            return answer
        case .running: throw APIProblem(.requestRunning)
        case .otherRequest: throw APIProblem(.idempotencyKeyReused)
        }
        do {
            let answer = try await act()
            try await finish(claim, answer, of: visit.tenant)
            return answer
        } catch let problem as APIProblem where problem.code.status.code < 500 && problem.code != .notVisible {
            let answer = problem.answer(catalog, language)
            try await finish(claim, answer, of: visit.tenant)
            return answer
        } catch {
            await abandon(claim, of: visit)
            throw error
        }
    }

    private func begin(_ claim: IdempotencyClaim, of tenant: TenantID) async throws -> IdempotencyQueries.Found {
        let (old, lost) = (claim.at.addingTimeInterval(-Self.kept), claim.at.addingTimeInterval(-Self.patience))
        return try await database.withTenant(tenant) { transaction in
            let queries = IdempotencyQueries(transaction: transaction, tenant: tenant)
            _ = try queries.purge(before: old)
            try queries.forget(claim, runningSince: lost, keptSince: old)
            return try queries.begin(claim)
        }
    }

    private func finish(_ claim: IdempotencyClaim, _ answer: APIAnswer, of tenant: TenantID) async throws {
        let (status, body) = (answer.status.code, answer.body)
        try await database.withTenant(tenant) { transaction in
            try IdempotencyQueries(transaction: transaction, tenant: tenant).finish(claim, status: status, body: body)
        }
    }

    private func abandon(_ claim: IdempotencyClaim, of visit: APIVisit) async {
        let tenant = visit.tenant
        do {
            try await database.withTenant(tenant) { transaction in
                try IdempotencyQueries(transaction: transaction, tenant: tenant).abandon(claim)
            }
        } catch {
            // The row is held for lost after `patience`.
            visit.request.logger.notice(
                "a request that failed keeps its idempotency key for a minute",
                metadata: ["error.type": "\(type(of: error))"]
            )
        }
    }

    /// 1 to 255 visible characters of ASCII.
    private static func key(_ visit: APIVisit) throws -> String? {
        guard let name = HTTPField.Name("Idempotency-Key") else { return nil }
        let given = visit.request.headers[values: name]
        guard let key = given.first else { return nil }
        guard given.count == 1, (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw APIProblem(.invalidRequest, faults: [InputFault(.header("Idempotency-Key"), .malformed)])
        }
        return key
    }

    /// Of the method, the address and the body.
    private static func hash(_ visit: APIVisit) -> Data {
        let head = CanonicalKey(.tenant(visit.tenant), visit.request.method.rawValue, visit.request.target)
        return Data(SHA256.hash(data: Array(head.value.utf8) + Array(visit.request.body.readableBytesView)))
    }
}
