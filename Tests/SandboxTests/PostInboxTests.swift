import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import Sandbox

@Suite("The inbox") struct PostInboxTests {
    private static let mail = """
        From: VoiceAgent <post@voiceagent.example>
        To: anna@autohaus.example
        Subject: =?utf-8?Q?<b>Gr=C3=BC=C3=9Fe</b>?=
        Message-ID: <1@voiceagent.example>
        Content-Type: multipart/alternative; boundary="=_x"

        --=_x
        Content-Type: text/plain; charset=utf-8

        Bitte: https://voice.example/einladung?a=3D1&b <script>
        --=_x
        Content-Type: text/html; charset=utf-8

        <!doctype html><html><head><title>x</title></head><a href="https://voice.example/">hin</a></html>
        --=_x--
        """

    private func get(
        _ world: SandboxWorld,
        _ path: String,
        _ method: HTTPMethod = .GET
    ) async throws -> (HTTPClientResponse, String) {
        var request = HTTPClientRequest(url: world.httpBase + path)
        request.method = method
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        return (response, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    /// Brings a mail as a client that waits for no answer in between, and returns all answers.
    private func bring(_ lines: [String], to port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: (lines + ["QUIT", ""]).joined(separator: "\r\n")))
            var answers = ""
            for try await buffer in inbound { answers += String(buffer: buffer) }
            return answers
        }
    }

    private func withWorld(_ body: (SandboxWorld) async throws -> Void) async throws {
        let world = try await SandboxWorld.start(WorldSettings())
        do {
            try await body(world)
        } catch {
            await world.shutdown()
            throw error
        }
        await world.shutdown()
    }

    private let envelope = [
        "EHLO a.example", "MAIL FROM:<post@voiceagent.example>", "RCPT TO:<anna@autohaus.example>", "DATA",
    ]

    @Test("a mail that was brought is shown to people and to tests") func shown() async throws {
        try await withWorld { world in
            #expect(try await get(world, "/_inbox").1.contains("Noch keine E-Mail"))
            let lines = Self.mail.components(separatedBy: "\n")
            let answers = try await bring(envelope + lines + ["."], to: world.smtpPort)
            #expect(answers.contains("250 2.0.0 angenommen als 1"))

            let (list, page) = try await get(world, "/_inbox")
            #expect(page.contains("<a href=\"/_inbox/1\">&lt;b&gt;Grüße&lt;/b&gt;</a>"))
            #expect(page.contains("anna@autohaus.example"))
            #expect(list.headers.first(name: "Content-Security-Policy")?.contains("default-src 'none'") == true)

            let mail = try await get(world, "/_inbox/1").1
            #expect(mail.contains("<a href=\"https://voice.example/einladung?a=3D1&amp;b\">"))
            #expect(!mail.contains("<script>"))
            #expect(mail.contains("sandbox=\"allow-popups"))

            let (frame, html) = try await get(world, "/_inbox/1/html")
            #expect(html.contains("<head><base target=\"_top\">"))
            #expect(frame.headers.first(name: "Content-Security-Policy")?.contains("sandbox") == true)

            let json = try await get(world, "/_inbox.json?to=anna@autohaus.example").1
            let entries = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]] ?? []
            #expect(entries.first?["subject"] as? String == "<b>Grüße</b>")
            #expect(entries.first?["links"] as? [String] == ["https://voice.example/einladung?a=3D1&b"])
            #expect(try await get(world, "/_inbox.json?to=x@y.example").1 == "[]")
            #expect(try await get(world, "/_inbox/2").0.status == .notFound)

            #expect(try await get(world, "/_inbox.json", .DELETE).0.status == .noContent)
            #expect(world.postbox.mails.isEmpty)
        }
    }

    @Test("what is said in clear behind STARTTLS is not heard") func injection() async throws {
        try await withWorld { world in
            let lines = ["EHLO a.example", "STARTTLS"] + envelope + ["Subject: x", "."]
            let answers = try await bring(lines, to: world.smtpPort)
            #expect(answers.hasSuffix("220 2.0.0 bitte verschlüsselt\r\n"))
            #expect(world.postbox.mails.isEmpty)
        }
    }

    @Test("a dot after a bare line feed does not end a mail") func smuggling() async throws {
        try await withWorld { world in
            let answers = try await bring(envelope + ["a\n.\nMAIL FROM:<x@y.example>", "."], to: world.smtpPort)
            #expect(answers.contains("\r\n554 5.6.0"))
            #expect(world.postbox.mails.isEmpty)
        }
    }
}
