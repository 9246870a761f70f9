import AsyncHTTPClient
import Foundation
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Stripe

@Suite("Stripe health (J15)")
struct StripeHealthTests {
    private static let balance = #"{"object":"balance","available":[],"livemode":false}"#

    @Test("A storm of 1,000 askers makes one call, and the next 30 seconds none")
    func storm() async throws {
        let clock = HandClock()
        try await LoopbackServer.run(answering: .init(200, Self.balance)) { server in
            let health = StripeHealth(client: client(server), time: clock.source)
            let states = await withTaskGroup(of: StripeHealth.State.self) { group in
                for _ in 0..<1_000 { group.addTask { await health.state() } }
                return await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(states == [.operational])
            #expect(server.requests.count == 1)
            clock.advance(by: 29.9)
            #expect(await health.state() == .operational)
            #expect(server.requests.count == 1)
            clock.advance(by: 0.1)
            #expect(await health.state() == .operational)
            #expect(server.requests.count == 2)
            let request = try #require(server.requests.first)
            #expect(request.target == "/v1/balance")
            #expect(request.headers["authorization"] == "Bearer sk_test_abc")
        }
    }

    @Test("A bad answer is kept as long as a good one")
    func failureIsKept() async {
        let clock = HandClock()
        let calls = Mutex(0)
        let health = StripeHealth(time: clock.source, lifetime: .seconds(30)) {
            calls.withLock { $0 += 1 }
            throw StripeError.timeout
        }
        #expect(await health.state() == .unreachable)
        #expect(await health.state() == .unreachable)
        #expect(calls.withLock { $0 } == 1)
        clock.advance(by: -3_600)
        #expect(await health.state() == .unreachable)
        #expect(calls.withLock { $0 } == 2, "a clock that was set back does not keep an answer for ever")
    }

    @Test(
        arguments: [
            (401, "", .unauthorized), (403, "", .unauthorized), (429, "", .failing), (500, "", .failing),
            (404, "", .failing), (200, "{}", .failing), (200, #"{"object":"list"}"#, .failing),
        ] as [(Int, String, StripeHealth.State)]
    )
    func everyAnswerHasItsWord(status: Int, body: String, state: StripeHealth.State) async throws {
        try await LoopbackServer.run(answering: .init(status, body)) { server in
            #expect(await StripeHealth(client: client(server), time: HandClock().source).state() == state)
        }
    }

    @Test func aSilentProviderIsUnreachable() async throws {
        try await LoopbackServer.run(answering: .init(200, pieces: [], ending: .silence)) { server in
            let client = client(server, time: .over)
            #expect(await StripeHealth(client: client, time: HandClock().source).state() == .unreachable)
        }
    }

    private func client(_ server: LoopbackServer, time: TimeSource = .still) -> StripeClient {
        StripeClient(
            baseURL: server.url,
            secretKey: Secret("sk_test_abc"),
            http: .shared,
            time: time,
            timeout: .seconds(30)
        )
    }
}

/// A clock that goes only when it is told to.
private final class HandClock: Sendable {
    private let now = Mutex(Date(timeIntervalSince1970: 1_795_341_333))

    var source: TimeSource {
        TimeSource(now: { self.now.withLock { $0 } }, sleep: { _ in })
    }

    func advance(by seconds: Double) {
        now.withLock { $0 += seconds }
    }
}
