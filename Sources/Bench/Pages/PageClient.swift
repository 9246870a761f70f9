import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Asks a running server for one thing after another, over one connection, and takes the time of each.
struct PageClient: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]
        let milliseconds: Double
    }

    private static let longestBody = 4 << 20

    private let client: HTTPClient
    private let base: String

    /// Runs `body` with a client for the server at `base`, such as `http://localhost:8080`.
    static func with<R: Sendable>(_ base: String, _ body: (PageClient) async throws -> R) async throws -> R {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        let client = HTTPClient(configuration: configuration)
        let outcome: Result<R, any Error>
        do { outcome = .success(try await body(PageClient(client: client, base: base))) } catch {
            outcome = .failure(error)
        }
        try await client.shutdown()
        return try outcome.get()
    }

    /// From the sending of the request until the last byte of the answer is there.
    func get(_ path: String, as asker: Asker) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.headers.add(name: asker.header.name, value: asker.header.value)
        let clock = ContinuousClock()
        let began = clock.now
        let response = try await client.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: Self.longestBody)
        let (seconds, attoseconds) = (clock.now - began).components
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(body.readableBytesView),
            milliseconds: Double(seconds) * 1e3 + Double(attoseconds) / 1e15
        )
    }
}

/// Who asks.
enum Asker: Sendable, Hashable {
    /// A browser, by the token of its session.
    case session(String)
    /// A program, by its key.
    case key(String)

    /// The cookie's name is the one of servers without TLS, which is what runs on the loopback interface.
    fileprivate var header: (name: String, value: String) {
        switch self {
        case .session(let token): ("Cookie", "va_session=\(token)")
        case .key(let key): ("Authorization", "Bearer \(key)")
        }
    }
}

/// What a server answered that the benchmark cannot go on with.
struct UnexpectedAnswer: Error, CustomStringConvertible {
    let path: String
    let status: Int

    var description: String { "\(path) was answered with \(status)" }
}
