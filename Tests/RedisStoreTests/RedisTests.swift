import Foundation
import Kernel
import Logging
import NIOCore
import RedisStore
import Synchronization
import Telemetry
import Testing

@Suite(.enabled(if: GivenRedis.url != nil)) struct RedisTests {
    @Test func `values come back, expire and go`() async throws {
        let redis = try GivenRedis.client()
        let key = GivenRedis.key("wert")
        try await redis.ping()
        #expect(redis.isAvailable)
        #expect(try await redis.get(key) == nil)
        try await redis.set(key, "grüß\r\ngott", lifetime: .seconds(30))
        #expect(try await redis.get(key) == "grüß\r\ngott")
        #expect(try await redis.expire(key, in: .seconds(60)))
        #expect(try await redis.send(["PTTL", key.value]).number.map { (55_000...60_000).contains($0) } == true)
        #expect(try await redis.delete(key))
        #expect(try await !redis.delete(key))
        #expect(try await !redis.expire(key, in: .seconds(1)))
        await redis.close()
        await #expect(throws: RedisError.unavailable) { try await redis.ping() }
    }

    @Test func `a thousand tasks get their own answers over one connection`() async throws {
        let redis = try GivenRedis.client()
        let key = GivenRedis.key("viele")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1_000 {
                group.addTask {
                    let reply = try await redis.send(["ECHO", "\(number)"])
                    #expect(reply.text == "\(number)")
                    try await redis.send(["INCR", key.value])
                }
            }
            try await group.waitForAll()
        }
        #expect(try await redis.get(key) == "1000")
        try await redis.delete(key)
        await redis.close()
    }

    @Test func `an error reply is thrown with its code and nothing of its text`() async throws {
        let redis = try GivenRedis.client()
        let key = GivenRedis.key("liste")
        try await redis.send(["LPUSH", key.value, "a"])
        await #expect(throws: RedisError.refused("WRONGTYPE")) { try await redis.get(key) }
        try await redis.delete(key)
        await redis.close()
    }

    @Test func `a script is uploaded once and again after it was forgotten`() async throws {
        let redis = try GivenRedis.client()
        let script = RedisScript("return {KEYS[1], ARGV[1]} -- \(UUID().uuidString)")
        let key = GivenRedis.key("skript")
        for _ in 0..<2 {
            let reply = try await redis.evaluate(script, keys: [key], arguments: ["x"])
            #expect(reply == .array([.bulk(key.value), .bulk("x")]))
        }
        await redis.close()
    }

    @Test func `a message reaches every subscriber`() async throws {
        let redis = try GivenRedis.client()
        let other = try GivenRedis.client()
        let channel = GivenRedis.key("kanal")
        var first = redis.subscribe(channel).makeAsyncIterator()
        var second = redis.subscribe(channel).makeAsyncIterator()
        while try await other.publish(channel, "hallo") == 0 { await Task.yield() }
        #expect(await first.next() == "hallo")
        #expect(await second.next() == "hallo")
        await redis.close()
        #expect(await first.next(isolation: nil) == nil)
        await other.close()
    }

    @Test func `a live call is found by its tenant only`() async throws {
        let redis = try GivenRedis.client()
        let calls = LiveCalls(redis: redis)
        let (call, tenant) = (CallID(), TenantID())
        try await calls.put(#"{"node":"gespraech"}"#, call: call, of: tenant, lifetime: .seconds(30))
        #expect(try await calls.get(call: call, of: tenant) == #"{"node":"gespraech"}"#)
        #expect(try await calls.get(call: call, of: TenantID()) == nil)
        try await calls.remove(call: call, of: tenant)
        #expect(try await calls.get(call: call, of: tenant) == nil)
        await redis.close()
    }
}

/// What happens when the far end misbehaves; needs no Redis.
@Suite struct RedisFailureTests {
    private let quick = RedisConfiguration(
        connectTimeout: .milliseconds(200),
        commandTimeout: .milliseconds(50),
        inFlightLimit: 4,
        firstPause: .milliseconds(1),
        longestPause: .milliseconds(5)
    )

    @Test func `no server is an answer and not a wait`() async throws {
        let server = try await ScriptedRedis { _ in nil }
        try await server.close()
        let redis = try server.client(quick)
        await #expect(throws: RedisError.unavailable) { try await redis.ping() }
        #expect(!redis.isAvailable)
        await redis.close()
    }

    @Test func `a silent server costs the command's time and the connection`() async throws {
        let server = try await ScriptedRedis { $0.contains("PING") ? "+PONG\r\n" : "" }
        let redis = try server.client(quick)
        await #expect(throws: RedisError.timeout) { try await redis.send(["GET", "x"]) }
        await redis.close()
        try await server.close()
    }

    @Test func `more waiting commands than allowed are refused at once`() async throws {
        let server = try await ScriptedRedis { $0.contains("PING") ? "+PONG\r\n" : "" }
        let redis = try server.client(quick)
        try await redis.ping()
        let refused = await withTaskGroup(of: RedisError?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do throws(RedisError) {
                        try await redis.send(["GET", "x"])
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 == .overloaded ? 1 : 0 }
        }
        #expect(refused == 4)
        await redis.close()
        try await server.close()
    }

    @Test func `nonsense ends the connection and the next one works`() async throws {
        let isBroken = Atomic(true)
        let server = try await ScriptedRedis { text in
            if text.contains("PING") { return "+PONG\r\n" }
            return isBroken.exchange(false, ordering: .relaxed) ? "?nonsense\r\n" : "$2\r\nok\r\n"
        }
        let redis = try server.client(quick)
        await #expect(throws: RedisError.unavailable) { try await redis.send(["GET", "x"]) }
        var answer: String?
        while answer == nil {
            do throws(RedisError) {
                answer = try await redis.send(["GET", "x"]).text
            } catch {
                #expect(error.isRetryable)
                await Task.yield()
            }
        }
        #expect(answer == "ok")
        #expect(redis.isAvailable)
        await redis.close()
        try await server.close()
    }

    @Test func `a refused password is no connection`() async throws {
        let server = try await ScriptedRedis { _ in "-WRONGPASS invalid username-password pair\r\n+PONG\r\n" }
        let redis = Redis(
            url: try RedisURL("unix://:falsch@\(server.path)"),
            configuration: quick,
            metrics: .init(),
            logger: .init(label: "test")
        )
        await #expect(throws: RedisError.self) { try await redis.ping() }
        #expect(!redis.isAvailable)
        await redis.close()
        try await server.close()
    }

    @Test func `subscriptions are made again on a new connection`() async throws {
        let connections = Atomic(0)
        let server = try await ScriptedRedis { text in
            if text.contains("PING") { return "+PONG\r\n" }
            guard text.contains("SUBSCRIBE") else { return "" }
            let number = connections.wrappingAdd(1, ordering: .relaxed).newValue
            // The first subscriber is dropped; the second gets a message.
            guard number > 1 else { return nil }
            return
                "*3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$16\r\nplatform|5:kanal\r\n$2\r\nda\r\n"
        }
        let redis = try server.client(quick)
        var messages = redis.subscribe(CanonicalKey(.platform, "kanal")).makeAsyncIterator()
        #expect(await messages.next() == "da")
        await redis.close()
        try await server.close()
    }
}
