import Database
import Foundation
import Kernel

/// A PostgreSQL and a Redis of one test's own, for tests that stop, kill or flush them.
package struct PrivateServers: Sendable {
    package enum Server: String, Sendable {
        case postgres, redis
    }

    private let name: String
    package let urls: TestDatabaseURLs
    /// `REDIS_URL` of these servers.
    package let redisURL: String

    init(name: String) async throws {
        self.name = name
        let environment = Self.exports(try await Self.run(["start", "--name", name]))
        func url(_ variable: String) throws -> DatabaseURL {
            guard let url = environment[variable].flatMap(DatabaseURL.init) else {
                throw TestDatabaseError.noServer(variable)
            }
            return url
        }
        urls = TestDatabaseURLs(
            app: try url("DATABASE_URL"),
            platform: try url("DATABASE_PLATFORM_URL"),
            owner: try url("DATABASE_OWNER_URL")
        )
        redisURL = environment["REDIS_URL"] ?? ""
    }

    /// Stops and starts one of the servers, or both.
    package func restart(_ server: Server? = nil) async throws {
        _ = try await Self.run(["restart", "--name", name] + (server.map { [$0.rawValue] } ?? []))
    }

    func stop() async throws {
        _ = try await Self.run(["stop", "--name", name])
    }

    private static func exports(_ text: String) -> [String: String] {
        text.split(separator: "\n").reduce(into: [:]) { variables, line in
            if let match = line.wholeMatch(of: /export ([A-Z_]+)='(.*)'/) {
                variables[String(match.1)] = String(match.2)
            }
        }
    }

    private static func run(_ arguments: [String]) async throws -> String {
        let output = Pipe()
        let process = Process()
        process.executableURL = RepositoryFolder.root.appending(path: "bin/private-servers")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                ended.resume(throwing: error)
            }
        }
        // A few lines: they fit into the pipe.
        let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard process.terminationStatus == 0 else { throw PrivateServersError(output: text) }
        return text
    }
}

package struct PrivateServersError: Error, CustomStringConvertible {
    package let output: String

    package var description: String { "bin/private-servers failed: \(output)" }
}

/// Runs `body` with servers of its own, which are stopped and removed afterwards. At most two sets run at a time.
@discardableResult
package func withPrivateServers<Result>(_ body: (PrivateServers) async throws -> Result) async throws -> Result {
    try await privateServersGate.withPlace {
        let servers = try await PrivateServers(name: "test-\(UUID().uuidString.lowercased())")
        do {
            let result = try await body(servers)
            try await servers.stop()
            return result
        } catch {
            try await servers.stop()
            throw error
        }
    }
}

/// Runs `body` with pools at databases that exist already.
@discardableResult
package func withDatabases<Result>(
    _ urls: TestDatabaseURLs,
    poolSize: Int = 4,
    _ body: (TestDatabase) async throws -> Result
) async throws -> Result {
    let keys = try TestKeys()
    defer { keys.remove() }
    let database = TestDatabase(urls: urls, poolSize: poolSize, keys: keys)
    do {
        let result = try await body(database)
        try await database.shutdown()
        return result
    } catch {
        try await database.shutdown()
        throw error
    }
}

private let privateServersGate = Gate(places: 2)
