import Testing

@testable import Web

struct SafeHeadersTests {
    private static let requests = [
        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /nirgends HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /broken HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "DELETE /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nthis is no header\r\n\r\n",
    ]

    @Test(
        "ASVS 3.4.1, 3.4.4, 3.4.6: machines' answers and refusals carry them too",
        arguments: requests,
        [true, false]
    )
    func everyAnswer(_ request: String, _ isSecure: Bool) async throws {
        let secure = { (configuration: inout WebServerConfiguration) in configuration.isSecure = isSecure }
        try await TestServer.run(configure: secure) { port in
            let client = try await RawClient.connect(port)
            try await client.send(request)
            let head = try await client.read(through: "\r\n\r\n").lowercased()
            #expect(head.contains("\r\nx-content-type-options: nosniff\r\n"))
            #expect(head.contains("frame-ancestors 'none'"))
            #expect(head.contains("base-uri 'none'"))
            #expect(head.contains("\r\nstrict-transport-security: max-age=63072000; includesubdomains\r\n") == isSecure)
        }
    }
}
