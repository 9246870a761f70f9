import Kernel
import Mail
import Testing

@Suite("Which mail servers are spoken to") struct SMTPServerTests {
    @Test("an address names host, port, user and the kind of encryption") func parts() throws {
        let server = try SMTPServer(url: "smtp://post%40firma@mail.example", password: Secret("x"))
        #expect(server.host == "mail.example")
        #expect(server.port == 587)
        #expect(server.user == "post@firma")
        #expect(!server.isImplicitTLS)
        #expect(server.encryption == .required)
        let implicit = try SMTPServer(url: "smtps://mail.example:4650")
        #expect(implicit.isImplicitTLS)
        #expect(implicit.port == 4650)
        #expect(try SMTPServer(url: "smtps://mail.example").port == 465)
    }

    @Test(
        "what is no server or would give secrets away is refused",
        arguments: [
            ("http://mail.example", nil, SMTPServer.Encryption.required, SMTPServer.Refusal.url),
            ("smtp://", nil, .required, .url), ("smtp://mail.example/pfad", nil, .required, .url),
            ("smtp://mail.example:99999", nil, .required, .url), ("smtp://mail.example\r\nQUIT", nil, .required, .url),
            ("smtp://a:b@mail.example", nil, .required, .passwordInURL),
            ("smtp://a@mail.example", nil, .required, .credentials),
            ("smtp://mail.example", "x", .required, .credentials),
            ("smtp://mail.example", nil, .none, .clearToOthers),
            ("smtp://a@mail.example", "x", .opportunistic, .credentialsInClear),
        ]
    ) func refused(url: String, password: String?, tls: SMTPServer.Encryption, reason: SMTPServer.Refusal) {
        #expect(throws: reason) { try SMTPServer(url: url, password: password.map { Secret($0) }, tls: tls) }
    }

    @Test("on the loopback interface mail may go in clear", arguments: ["127.0.0.1", "localhost", "[::1]"])
    func loopback(host: String) throws {
        #expect(try SMTPServer(url: "smtp://\(host):25", tls: .none).port == 25)
    }
}
