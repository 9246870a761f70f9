import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import Testing

@testable import Web

@Suite("Compressed answers")
struct CompressionTests {
    private static let page = Endpoint(.get, "/page", access: .anyone, kind: "test", "a page")
    private static let short = Endpoint(.get, "/short", access: .anyone, kind: "test", "a short page")
    private static let picture = Endpoint(.get, "/picture", access: .anyone, kind: "test", "no text")
    private static let list = Endpoint(.get, "/list", access: .anyone, kind: "test", "a list in pieces")
    private static let noise = Endpoint(.get, "/noise", access: .anyone, kind: "test", "what does not shrink")
    private static let text = (1...400).map { "<p>Anruf \($0) von der Donau</p>" }.joined(separator: "\n")
    private static let lines = (0..<3_000).map { "\($0);Linz;\($0 * $0)\r\n" }
    /// No two bytes of it have anything to do with each other, so that nothing can be left out.
    private static let random: ByteBuffer = {
        var generator = SystemRandomNumberGenerator()
        return ByteBuffer(bytes: (0..<2_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }()

    private struct Answer {
        let headers: HTTPHeaders
        let bytes: [UInt8]
        /// Once more, by a client that reads gzip itself.
        let unzipped: [UInt8]

        var coding: String? { headers.first(name: "content-encoding") }
        var plain: [UInt8] {
            get throws {
                switch coding {
                case "br": try Decompression.brotli(bytes)
                default: unzipped
                }
            }
        }
    }

    private func run(
        _ body: @escaping @Sendable (@Sendable (String, [String: String]) async throws -> Answer) async throws -> Void
    ) async throws {
        var book = RouteBook()
        book.on(Self.page) { _ in
            .text(Self.text, contentType: "text/html; charset=utf-8", headers: [.vary: "Cookie, Accept-Language"])
        }
        book.on(Self.short) { _ in .text(String(Self.text.prefix(1_000)), contentType: "text/html; charset=utf-8") }
        book.on(Self.picture) { _ in .text(Self.text, contentType: "image/svg+xml") }
        book.on(Self.noise) { _ in
            Response(status: .ok, headers: [.contentType: "text/csv"], body: .init(byteBuffer: Self.random))
        }
        book.on(Self.list) { _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/csv; charset=utf-8"],
                body: ResponseBody { writer in
                    for line in Self.lines { try await writer.write(ByteBuffer(string: line)) }
                    try await writer.finish(nil)
                }
            )
        }
        let table = [Self.page, Self.short, Self.picture, Self.list, Self.noise]
        try await TestServer.run(table: table, book: book) { port in
            try await body { path, headers in
                var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
                for (name, value) in headers { request.headers.add(name: name, value: value) }
                let (headers, bytes) = try await Self.fetch(request, .disabled)
                let (_, unzipped) = try await Self.fetch(request, .enabled(limit: .size(1 << 23)))
                return Answer(headers: headers, bytes: bytes, unzipped: unzipped)
            }
        }
    }

    private static func fetch(
        _ request: HTTPClientRequest,
        _ decompression: HTTPClient.Decompression
    ) async throws -> (HTTPHeaders, [UInt8]) {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClient.Configuration(decompression: decompression)
        )
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 1 << 23)
            try await client.shutdown()
            return (response.headers, Array(body.readableBytesView))
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    @Test(
        "long text is compressed as the client likes it",
        arguments: [
            ("br", "br"), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0.1, gzip;q=0.5", "gzip"),
            ("x-gzip", "gzip"), ("*", "br"), ("br;q=0, *;q=0.5", "gzip"), ("GZIP ; Q=0.8", "gzip"),
        ] as [(String, String)]
    )
    func coding(_ accepts: String, _ coding: String) async throws {
        try await run { get in
            let answer = try await get("/page", ["accept-encoding": accepts])
            #expect(answer.coding == coding)
            #expect(answer.bytes.count < Self.text.utf8.count / 3)
            #expect(answer.headers.first(name: "content-length") == "\(answer.bytes.count)")
            let plain = try answer.plain
            #expect(plain == Array(Self.text.utf8))
        }
    }

    @Test(
        "nobody gets what they did not ask for",
        arguments: [
            nil, "", "identity", "zstd", "br;q=0, gzip;q=0", "*;q=0", "identity, gzip;q=0.5", "br;q=2",
        ] as [String?]
    )
    func plain(_ accepts: String?) async throws {
        try await run { get in
            let answer = try await get("/page", accepts.map { ["accept-encoding": $0] } ?? [:])
            #expect(answer.coding == nil)
            #expect(answer.bytes == Array(Self.text.utf8))
            #expect(
                answer.headers.first(name: "vary") == "Cookie, Accept-Language, Accept-Encoding, Sec-Fetch-Site"
            )
        }
    }

    @Test("what is short, no text, or would not become shorter stays as it is")
    func left() async throws {
        try await run { get in
            for path in ["/short", "/picture", "/noise"] {
                let answer = try await get(path, ["accept-encoding": "br, gzip"])
                #expect(answer.coding == nil, "\(path)")
                #expect(answer.headers.first(name: "content-length") == "\(answer.bytes.count)", "\(path)")
            }
            #expect(try await get("/noise", ["accept-encoding": "br"]).bytes == Array(Self.random.readableBytesView))
        }
    }

    @Test("what comes in pieces is compressed in pieces", arguments: ["br", "gzip"])
    func stream(_ coding: String) async throws {
        try await run { get in
            let answer = try await get("/list", ["accept-encoding": coding])
            #expect(answer.coding == coding)
            #expect(answer.headers.first(name: "content-length") == nil)
            let plain = try answer.plain
            #expect(plain == Array(Self.lines.joined().utf8))
        }
    }

    @Test(
        "an answer that another site could have asked for with a visitor's cookies is never compressed",
        arguments: [
            ("same-origin", true), ("none", true), ("cross-site", false), ("same-site", false), ("", false),
            (nil, false),
        ] as [(String?, Bool)]
    )
    func guessing(_ site: String?, _ isCompressed: Bool) async throws {
        try await run { get in
            var headers = ["accept-encoding": "br, gzip", "cookie": "session=geheim"]
            headers["sec-fetch-site"] = site
            for path in ["/page", "/list"] {
                let coding = try await get(path, headers).coding
                #expect((coding != nil) == isCompressed, "\(path)")
            }
            headers["cookie"] = nil
            #expect(try await get("/page", headers).coding == "br")
        }
    }
}
