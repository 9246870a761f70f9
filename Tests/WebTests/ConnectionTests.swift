import Foundation
import NIOCore
import NIOHTTP1
import Telemetry
import Testing

@testable import Web

private let key = "dGhlIHNhbXBsZSBub25jZQ=="
private func upgrade(_ path: String = "/socket", _ extra: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: \(key)\r\n\(extra)\r\n"
}
private let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

struct RefusedHandshake {
    let request: String
    let status: Int

    init(_ request: String, _ status: Int) {
        self.request = request
        self.status = status
    }

    static let all: [RefusedHandshake] = [
        RefusedHandshake(upgrade("/nirgends"), 404),
        RefusedHandshake(upgrade("/hello"), 200),
        RefusedHandshake(upgrade("/socket?no"), 403),
        RefusedHandshake(upgrade("/socket?fail"), 503),
        RefusedHandshake(upgrade().replacingOccurrences(of: "Version: 13", with: "Version: 8"), 426),
        RefusedHandshake(upgrade().replacingOccurrences(of: key, with: "abc"), 400),
        RefusedHandshake(upgrade().replacingOccurrences(of: "GET", with: "POST"), 405),
        RefusedHandshake(upgrade("/socket", "Content-Length: 3\r\n") + "abc", 400),
        RefusedHandshake(
            upgrade().replacingOccurrences(of: "Connection: Upgrade", with: "Connection: keep-alive"),
            400
        ),
        RefusedHandshake(h2c, 200),
        RefusedHandshake(get.replacingOccurrences(of: "/hello", with: "/socket"), 426),
    ]

    private static let h2c =
        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
}

@Suite struct ConnectionTests {
    @Test func `requests follow each other on one connection, pipelined or not`() async throws {
        try await TestServer.run { port in
            let client = try await RawClient.connect(port)
            for _ in 0..<3 {
                try await client.send(get)
                let answer = try await client.read(through: "hello")
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(!answer.lowercased().contains("connection: close"))
            }
            try await client.send(get + get + "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            for _ in 0..<2 {
                #expect(try await !client.read(through: "hello").lowercased().contains("connection: close"))
            }
            let last = await client.textToEnd()
            #expect(last.lowercased().contains("connection: close") && last.hasSuffix("hello"))
        }
    }

    @Test("an upgrade is served on any request of a connection", arguments: [0, 1, 5])
    func upgradeOnAnyRequest(earlier: Int) async throws {
        try await TestServer.run(sockets: [TestServer.socket()]) { port in
            let client = try await RawClient.connect(port)
            for _ in 0..<earlier {
                try await client.send(get)
                _ = try await client.read(through: "hello")
            }
            try await client.send(upgrade())
            let answer = try await client.read(through: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            // The example of RFC 6455, 1.3.
            #expect(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
            #expect(!answer.lowercased().contains("content-length"))
            try await client.send("raw bytes")
            #expect(try await client.read(through: "raw bytes") == "raw bytes")
            try await client.close()
        }
    }

    @Test func `an upgrade waits for the answers to earlier requests, and bytes behind it are not lost`() async throws {
        let (held, release) = AsyncStream.makeStream(of: Void.self)
        let wait: @Sendable () async -> Void = { for await _ in held { break } }
        try await TestServer.run(sockets: [TestServer.socket()], slow: wait) { port in
            let client = try await RawClient.connect(port)
            try await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + upgrade() + "early")
            release.yield()
            let first = try await client.read(through: "slow")
            #expect(first.hasPrefix("HTTP/1.1 200 OK"))
            let second = try await client.read(through: "\r\n\r\n")
            #expect(second.hasPrefix("HTTP/1.1 101"))
            #expect(try await client.read(through: "early") == "early")
            try await client.send("later")
            #expect(try await client.read(through: "later") == "later")
            try await client.close()
        }
    }

    @Test func `extensions and subprotocols are declined`() async throws {
        try await TestServer.run(sockets: [TestServer.socket()]) { port in
            let client = try await RawClient.connect(port)
            let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n"
            try await client.send(upgrade("/socket", offer))
            let answer = try await client.read(through: "\r\n\r\n").lowercased()
            #expect(answer.hasPrefix("http/1.1 101"))
            #expect(!answer.contains("extensions") && !answer.contains("protocol:"))
            try await client.close()
        }
    }

    @Test(
        "a handshake that is not accepted gets an answer and the end of its connection",
        arguments: RefusedHandshake.all
    )
    func refused(_ refused: RefusedHandshake) async throws {
        let (request, status) = (refused.request, refused.status)
        struct Outage: Error {}
        let socket = TestServer.socket(authorize: { request in
            if request.target.hasSuffix("fail") { throw Outage() }
            return request.target.hasSuffix("no") ? .refused(.forbidden) : .accepted
        })
        try await TestServer.run(sockets: [socket]) { port in
            for earlier in ["", get] {
                let client = try await RawClient.connect(port)
                try await client.send(earlier + request)
                if !earlier.isEmpty { _ = try await client.read(through: "hello") }
                let answer = try await client.read(through: "\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
                guard request.contains("Upgrade: ") else { return try await client.close() }
                #expect(answer.lowercased().contains("connection: close\r\n"))
                if status == 426 { #expect(answer.lowercased().contains("sec-websocket-version: 13\r\n")) }
                _ = await client.readToEnd()
            }
        }
    }

    @Test func `a decision that takes too long is 503`() async throws {
        let socket = TestServer.socket(authorize: { _ in
            try await Task.sleep(for: .seconds(3_600))
            return .accepted
        })
        let quick: (inout WebServerConfiguration) -> Void = { $0.upgradeTimeout = .milliseconds(20) }
        try await TestServer.run(sockets: [socket], configure: quick) { port in
            let client = try await RawClient.connect(port)
            try await client.send(upgrade())
            #expect(await client.textToEnd().hasPrefix("HTTP/1.1 503 "))
        }
    }

    @Test func `a body within its limit arrives as it was sent`() async throws {
        try await TestServer.run { port in
            let client = try await RawClient.connect(port)
            try await client.send(
                "POST /echo/anna?b=%20+ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na=%41"
            )
            #expect(try await client.read(through: "a=%41").hasSuffix("anna b=%20+ a=%41"))
            try await client.send(
                "POST /echo/bert HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            )
            #expect(try await client.read(through: "abc").hasSuffix("bert - abc"))
            try await client.send(
                "POST /echo/c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            )
            #expect(try await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
            try await client.send("ok")
            #expect(try await client.read(through: "ok").hasSuffix("c - ok"))
            try await client.close()
        }
    }

    @Test(
        "a body beyond its limit is 413, announced or not",
        arguments: ["Content-Length: 1027\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n401\r\n"]
    )
    func tooLarge(head: String) async throws {
        try await TestServer.run { port in
            let client = try await RawClient.connect(port)
            try await client.send("POST /echo/a HTTP/1.1\r\nHost: a\r\n" + head + String(repeating: "x", count: 1_025))
            let answer = await client.textToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.lowercased().contains("connection: close\r\n"))
            #expect(answer.contains("application/problem+json") && answer.hasSuffix("content_too_large\"}"))
        }
    }

    private static let nonsense: [(String, Int)] = [
        ("GARBAGE\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 40_000) + "\r\n\r\n", 431),
        ("GET /hello HTTP/1.1\r\nHost: a\r\n" + manyFields + "\r\n", 431),
        ("POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ]
    private static let manyFields = (0..<40).map { "X\($0): " + String(repeating: "x", count: 1_000) + "\r\n" }.joined()

    @Test("what cannot be read is refused", arguments: nonsense)
    func unreadable(request: String, status: Int) async throws {
        try await TestServer.run { port in
            for earlier in ["", get] {
                let client = try await RawClient.connect(port)
                try await client.send(earlier)
                if !earlier.isEmpty { _ = try await client.read(through: "hello") }
                try await client.send(request)
                #expect(await client.textToEnd().hasPrefix("HTTP/1.1 \(status) "))
            }
        }
    }

    @Test func `a wrong method is told the right one, an unknown path nothing, an unknown error nothing`() async throws
    {
        try await TestServer.run { port in
            let client = try await RawClient.connect(port)
            try await client.send("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            let wrong = try await client.read(through: "}")
            #expect(wrong.hasPrefix("HTTP/1.1 405 ") && wrong.contains("GET, HEAD\r\n"))
            try await client.send("GET /nichts HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.read(through: "}").hasPrefix("HTTP/1.1 404 "))
            try await client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n")
            let failed = try await client.read(through: "}")
            #expect(failed.hasPrefix("HTTP/1.1 500 ") && !failed.contains("Secretive"))
            try await client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
            try await client.close()
        }
    }

    @Test func `who says nothing or half a head loses the connection`() async throws {
        let impatient: (inout WebServerConfiguration) -> Void = { $0.firstRequestTimeout = .milliseconds(30) }
        try await TestServer.run(configure: impatient) { port in
            let mute = try await RawClient.connect(port)
            #expect(await mute.readToEnd() == [])
            let half = try await RawClient.connect(port)
            try await half.send("GET /hello HT")
            #expect(await half.readToEnd() == [])
        }
    }

    @Test func `who rests too long between requests loses the connection`() async throws {
        let impatient: (inout WebServerConfiguration) -> Void = { $0.idleTimeout = .milliseconds(30) }
        try await TestServer.run(configure: impatient) { port in
            let client = try await RawClient.connect(port)
            try await client.send(get)
            #expect(await client.textToEnd().hasSuffix("hello"))
        }
    }

    @Test func `who dawdles with a body is told so`() async throws {
        let impatient: (inout WebServerConfiguration) -> Void = { $0.requestTimeout = .milliseconds(30) }
        try await TestServer.run(configure: impatient) { port in
            let client = try await RawClient.connect(port)
            try await client.send("POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na")
            #expect(await client.textToEnd().hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `who has closed its side still gets its answer`() async throws {
        let (held, release) = AsyncStream.makeStream(of: Void.self)
        let wait: @Sendable () async -> Void = { for await _ in held { break } }
        try await TestServer.run(slow: wait) { port in
            let client = try await RawClient.connect(port)
            try await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            try await client.closeOutput()
            release.yield()
            #expect(await client.textToEnd().hasSuffix("slow"))
        }
    }

    @Test func `a shutdown answers what was asked and ends the rest`() async throws {
        let (held, release) = AsyncStream.makeStream(of: Void.self)
        let (asked, ask) = AsyncStream.makeStream(of: Void.self)
        let clients = AsyncStream.makeStream(of: (RawClient, RawClient, RawClient).self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await (idle, kept, busy) in clients.stream {
                    #expect(await idle.readToEnd() == [])
                    #expect(await kept.readToEnd() == [])
                    release.yield()
                    let answer = await busy.textToEnd()
                    #expect(answer.hasSuffix("slow") && answer.lowercased().contains("connection: close\r\n"))
                }
            }
            let wait: @Sendable () async -> Void = {
                ask.yield()
                for await _ in held { break }
            }
            try await TestServer.run(slow: wait) { port in
                let idle = try await RawClient.connect(port)
                let kept = try await RawClient.connect(port)
                try await kept.send(get)
                _ = try await kept.read(through: "hello")
                let busy = try await RawClient.connect(port)
                try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                for await _ in asked { break }
                clients.continuation.yield((idle, kept, busy))
                clients.continuation.finish()
            }
            try await group.waitForAll()
        }
    }
}

@Suite struct RoutesTests {
    @Test func `a server with a line that nobody answers is not built`() {
        var book = RouteBook()
        book.on(.health) { _ in .noContent }
        #expect(throws: RoutesError.unbound(["/livez"])) {
            try WebServer(
                configuration: .init(address: .tcp(host: "127.0.0.1", port: 0), eventLoops: 1),
                table: [.health, .live],
                book: book,
                metrics: Metrics(),
                logger: silent
            )
        }
        #expect(throws: RoutesError.unlisted(["/api/health"])) {
            try WebServer(
                configuration: .init(address: .tcp(host: "127.0.0.1", port: 0), eventLoops: 1),
                table: [],
                book: book,
                metrics: Metrics(),
                logger: silent
            )
        }
    }

    @Test func `the surface of the product is this and no more`() {
        #expect(Set(Endpoint.table.map { "\($0.method) \($0.path)" }).count == Endpoint.table.count)
        let expected = """
            METHOD     PATH                    ACCESS   BODY    PURPOSE
            GET        /api/health             anyone   -       what works and what does not
            GET        /livez                  anyone   -       the process runs
            GET        /readyz                 anyone   -       new calls are welcome
            POST       /twilio/voice           carrier  64 KiB  a call arrives
            POST       /twilio/voice/fallback  carrier  64 KiB  a call whose first request failed elsewhere
            POST       /twilio/voice/continue  carrier  64 KiB  the media stream is over, what now
            POST       /twilio/dial/ended      carrier  64 KiB  the hand-over is over, what now
            POST       /twilio/dial/status     carrier  64 KiB  the dialled leg changed
            POST       /twilio/dial/whisper    carrier  64 KiB  what the dialled person hears first
            POST       /twilio/dial/accepted   carrier  64 KiB  the dialled person pressed a key
            POST       /twilio/call/status     carrier  64 KiB  the call changed
            POST       /twilio/stream/status   carrier  64 KiB  the media stream changed
            WEBSOCKET  /media                  carrier  -       the sound of a call, both ways

            """
        #expect(Endpoint.describe() == expected)
    }
}
