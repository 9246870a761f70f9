import Kernel
import RedisStore
import Testing

@Suite struct RedisURLTests {
    @Test func `addresses of the network`() throws {
        let plain = try RedisURL("redis://localhost")
        #expect(plain.location == .tcp(host: "localhost", port: 6_379))
        #expect(plain.password == nil && plain.database == 0)
        let full = try RedisURL("redis://va:p%40ss%3aword@10.0.0.1:7000/3")
        #expect(full.location == .tcp(host: "10.0.0.1", port: 7_000))
        #expect(full.user == "va" && full.password == Secret("p@ss:word") && full.database == 3)
        #expect(try RedisURL("redis://:geheim@[::1]:1/").location == .tcp(host: "::1", port: 1))
        #expect(try RedisURL("redis://:geheim@host").user == nil)
    }

    @Test(arguments: ["unix", "redis+unix", "redis+socket"])
    func sockets(scheme: String) throws {
        let url = try RedisURL("\(scheme)://:geheim@/run/redis/re%20dis.sock?db=2")
        #expect(url.location == .unixSocket(path: "/run/redis/re dis.sock"))
        #expect(url.password == Secret("geheim") && url.database == 2)
    }

    @Test(
        "what cannot be used is refused with its reason",
        arguments: [
            ("http://x", RedisURL.Refusal.unknownScheme), ("x", .unknownScheme), ("", .unknownScheme),
            ("rediss://x", .encryptionUnsupported), ("redis://", .missingHost), ("redis://:1", .missingHost),
            ("redis://x:0", .invalidPort), ("redis://x:65536", .invalidPort), ("redis://x/eins", .invalidDatabase),
            ("unix://", .missingPath), ("unix://host/path", .missingPath), ("unix:///s?db=-1", .invalidDatabase),
        ]
    )
    func refused(text: String, reason: RedisURL.Refusal) {
        #expect(throws: reason) { try RedisURL(text) }
    }
}
