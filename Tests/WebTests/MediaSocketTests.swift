import Calls
import Foundation
import NIOCore
import Telemetry
import Testing

@testable import Web

@Suite struct MediaSocketTests {
    /// A server with the media socket alone.
    private func serve(
        _ sessions: RecordingSessions,
        metrics: Metrics = Metrics(),
        _ configuration: MediaSocketConfiguration = MediaSocketConfiguration(),
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let socket = MediaSocket(sessions: sessions, configuration: configuration, metrics: metrics, logger: silent)
        try await TestServer.run(sockets: [socket.route { _ in .accepted }], metrics: metrics, body)
    }

    private func started(_ port: Int) async throws -> SocketClient {
        let client = try await SocketClient.open(port)
        try await client.send(Said.connected)
        try await client.send(Said.start())
        return client
    }

    @Test func `a call is heard from its first frame to its stop`() async throws {
        let sessions = RecordingSessions()
        try await serve(sessions) { port in
            let client = try await started(port)
            for number in 0..<50 { try await client.send(Said.media(number)) }
            try await client.send(Said.dtmf)
            try await client.send(Said.mark)
            try await client.send(Said.stop)
            let expected = (0..<50).map { "\($0 * 20)" } + ["digit 7", "mark satz-1", "stopped"]
            #expect(await sessions.record().rest() == expected)
            #expect(try await client.next().close == "1000 ")
            try await client.sendClose(1000)
            _ = await client.raw.readToEnd()
        }
    }

    @Test("frames may come in pieces of any size", arguments: [1, 3, 7, 100, 1_000, 100_000])
    func pieces(size: Int) async throws {
        let sessions = RecordingSessions()
        try await serve(sessions) { port in
            let client = try await SocketClient.open(port)
            let messages = [Said.connected, Said.start()] + (0..<20).map { Said.media($0) }
            var bytes = messages.flatMap { SocketClient.frame($0.utf8) }[...]
            while !bytes.isEmpty {
                try await client.raw.send(Array(bytes.prefix(size)))
                bytes = bytes.dropFirst(size)
            }
            #expect(await sessions.record().next(20) == (0..<20).map { "\($0 * 20)" })
            try await client.raw.close()
        }
    }

    @Test func `messages in the same segment as the handshake are heard`() async throws {
        let sessions = RecordingSessions()
        try await serve(sessions) { port in
            let raw = try await RawClient.connect(port)
            let handshake =
                "GET /media HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            let frames = [Said.connected, Said.start(), Said.media(0)].flatMap { SocketClient.frame($0.utf8) }
            try await raw.send(Array(handshake.utf8) + frames + SocketClient.frame("hi".utf8, opcode: 9))
            _ = try await raw.read(through: "\r\n\r\n")
            #expect(await sessions.record().next(1) == ["0"])
            #expect(try await SocketClient(raw: raw).next() == .init(opcode: 10, payload: Array("hi".utf8)))
            try await raw.close()
        }
    }

    @Test(
        "H5: who does not say which call it is is closed with 1008",
        arguments: [
            ([], "1008 no_start"), ([Said.connected], "1008 no_start"),
            ([Said.connected, Said.media(0)], "1008 media_before_start"), ([Said.dtmf], "1008 event_before_start"),
            (["{"], "1008 malformed_json"), (["{}"], "1008 missing_field"),
            ([Said.start(call: "XX1")], "1008 invalid_field"),
        ]
    )
    func startFirst(messages: [String], close: String) async throws {
        let sessions = RecordingSessions()
        let metrics = Metrics()
        let patience: TimeAmount = close.hasSuffix("no_start") ? .milliseconds(50) : .seconds(60)
        try await serve(sessions, metrics: metrics, .init(startTimeout: patience)) { port in
            let client = try await SocketClient.open(port)
            for message in messages { try await client.send(message) }
            #expect(try await client.next().close == close)
            #expect(sessions.line() == nil)
            try await client.raw.close()
        }
        #expect(metrics.render().contains(#"voiceagent_media_streams_total{outcome="protocol_error"} 1"#))
        #expect(metrics.render().contains("voiceagent_media_streams_active 0"))
    }

    @Test("H5: a stream that is refused is closed with 1008 and the reason's code")
    func refused() async throws {
        let sessions = RecordingSessions(decide: { $0.parameters["token"] == "t" ? "token_spent" : nil })
        try await serve(sessions) { port in
            let client = try await started(port)
            #expect(try await client.next().close == "1008 token_spent")
            try await client.raw.close()
        }
    }

    @Test func `while a stream is being opened the last five seconds are kept`() async throws {
        let (questions, ask) = AsyncStream.makeStream(of: Void.self)
        let (decisions, decide) = AsyncStream.makeStream(of: Void.self)
        let sessions = RecordingSessions(decide: { _ in
            ask.yield()
            for await _ in decisions { break }
            return nil
        })
        let metrics = Metrics()
        try await serve(sessions, metrics: metrics) { port in
            let client = try await started(port)
            for await _ in questions { break }
            sessions.line()?.send(.alarm(id: 3, atMs: 9_000))
            try await client.send(Said.dtmf)
            for number in 0..<300 { try await client.send(Said.media(number)) }
            try await client.raw.send(SocketClient.frame([], opcode: 9))
            #expect(try await client.next().opcode == 10)
            decide.yield()
            let held = ["alarm 3 9000", "digit 7"] + (50..<300).map { "\($0 * 20)" }
            #expect(await sessions.record().next(held.count) == held)
            try await client.send(Said.media(300))
            try await client.send(Said.stop)
            #expect(await sessions.record().rest() == ["6000", "stopped"])
            try await client.raw.close()
        }
        #expect(metrics.render().contains(#"voiceagent_media_irregularities_total{kind="dropped_sound"} 50"#))
    }

    @Test func `a stream that ends while it is opened is told to whoever opened it`() async throws {
        let (decisions, decide) = AsyncStream.makeStream(of: Void.self)
        let sessions = RecordingSessions(decide: { _ in
            for await _ in decisions { break }
            return nil
        })
        try await serve(sessions) { port in
            let client = try await started(port)
            try await client.send(Said.stop)
            #expect(try await client.next().close == "1000 ")
            try await client.raw.close()
            decide.yield()
            #expect(await sessions.record().rest() == ["stopped"])
        }
    }

    @Test func `an opening that takes too long is given up`() async throws {
        let sessions = RecordingSessions(decide: { _ in
            do { try await Task.sleep(for: .seconds(3_600)) } catch { return "cancelled" }
            return nil
        })
        try await serve(sessions, .init(openTimeout: .milliseconds(30))) { port in
            let client = try await started(port)
            #expect(try await client.next().close == "1011 opening_took_too_long")
            try await client.raw.close()
        }
    }

    @Test("J12: nonsense is counted and the call goes on, up to a bound")
    func nonsense() async throws {
        let sessions = RecordingSessions()
        let metrics = Metrics()
        try await serve(sessions, metrics: metrics, .init(nonsenseLimit: 5)) { port in
            let client = try await started(port)
            try await client.send("{")
            try await client.send(#"{"event":"warp","sequenceNumber":"1"}"#)
            try await client.raw.send(SocketClient.frame([1, 2, 3], opcode: 2))
            try await client.send(Said.media(0).replacingOccurrences(of: "AAAA", with: "A*AA"))
            try await client.send(Said.media(0))
            try await client.send(Said.media(0))
            try await client.send(Said.media(1, sequence: 9))
            try await client.send(Said.media(2, sequence: 4))
            #expect(await sessions.record().next(3) == ["0", "20", "40"])
            for _ in 0..<3 { try await client.send("[]") }
            #expect(try await client.next().close == "1008 too_much_nonsense")
            #expect(await sessions.record().rest() == ["protocol error too_much_nonsense"])
            try await client.raw.close()
        }
        let text = metrics.render()
        for (kind, count) in [
            ("malformed", 4), ("unknown_event", 1), ("binary", 1), ("invalid_base64", 1), ("repetition", 2), ("gap", 1),
        ] {
            #expect(text.contains("voiceagent_media_irregularities_total{kind=\"\(kind)\"} \(count)\n"), "\(kind)")
        }
    }

    @Test func `a second start ends the stream`() async throws {
        let sessions = RecordingSessions()
        try await serve(sessions) { port in
            let client = try await started(port)
            try await client.send(Said.media(0))
            #expect(await sessions.record().next(1) == ["0"])
            try await client.send(Said.start(stream: "MZ2", call: "CA2"))
            #expect(try await client.next().close == "1008 second_start")
            #expect(await sessions.record().rest() == ["protocol error second_start"])
            try await client.raw.close()
        }
    }

    @Test(
        "frames that are not the protocol's are refused",
        arguments: [
            (SocketClient.frame(Array(repeating: 32, count: 65_537)), "1009 frame_too_large"),
            ([0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "1009 frame_too_large"),
            (SocketClient.frame([1], isMasked: false), "1002 malformed_frame"),
            (SocketClient.frame([1], reserved: 0x40), "1002 malformed_frame"),
            (SocketClient.frame([1], opcode: 3), "1002 malformed_frame"),
            (SocketClient.frame([1], opcode: 9, isFinal: false), "1002 malformed_frame"),
            (SocketClient.frame(Array(repeating: 1, count: 126), opcode: 9), "1002 malformed_frame"),
            (SocketClient.frame([1], opcode: 0), "1002 malformed_fragments"),
            (
                SocketClient.frame([1], isFinal: false) + SocketClient.frame([1], isFinal: false),
                "1002 malformed_fragments"
            ),
            (
                SocketClient.frame(Array(repeating: 32, count: 40_000), isFinal: false)
                    + SocketClient.frame(Array(repeating: 32, count: 40_000), opcode: 0), "1009 message_too_large"
            ),
            (
                SocketClient.frame([1], isFinal: false)
                    + (0..<64).flatMap { _ in SocketClient.frame([1], opcode: 0, isFinal: false) },
                "1009 message_too_large"
            ),
        ] as [([UInt8], String)]
    )
    func malformed(bytes: [UInt8], close: String) async throws {
        let sessions = RecordingSessions()
        try await serve(sessions) { port in
            let client = try await started(port)
            try await client.send(Said.media(0))
            #expect(await sessions.record().next(1) == ["0"])
            try await client.raw.send(bytes)
            #expect(try await client.next().close == close)
            #expect(await sessions.record().rest() == ["protocol error \(close.dropFirst(5))"])
            try await client.raw.close()
        }
    }

    @Test func `fragments make one message, with a ping between them`() async throws {
        let sessions = RecordingSessions()
        try await serve(sessions) { port in
            let client = try await started(port)
            let media = Array(Said.media(0).utf8)
            try await client.raw.send(SocketClient.frame(media[..<10], isFinal: false))
            try await client.raw.send(SocketClient.frame(Array("da?".utf8), opcode: 9))
            try await client.raw.send(SocketClient.frame(media[10..<11], opcode: 0, isFinal: false))
            try await client.raw.send(SocketClient.frame(media[11...], opcode: 0))
            #expect(await sessions.record().next(1) == ["0"])
            #expect(try await client.next() == .init(opcode: 10, payload: Array("da?".utf8)))
            try await client.raw.close()
        }
    }

    @Test func `a far end that says goodbye, goes, resets or falls silent ends its call`() async throws {
        let sessions = RecordingSessions()
        try await serve(sessions, .init(silenceTimeout: .milliseconds(60))) { port in
            let polite = try await started(port)
            try await polite.sendClose(4_000)
            #expect(try await polite.next() == .init(opcode: 8, payload: [0x0F, 0xA0]))
            #expect(await sessions.record().rest() == ["closed by peer"])
            _ = await polite.raw.readToEnd()
        }
        for (end, word) in [("close", "closed by peer"), ("reset", "lost"), ("silence", "lost")] {
            let sessions = RecordingSessions()
            try await serve(sessions, .init(silenceTimeout: .milliseconds(60))) { port in
                let client = try await started(port)
                try await client.send(Said.media(0))
                #expect(await sessions.record().next(1) == ["0"])
                switch end {
                case "close": try await client.raw.close()
                case "reset": try await client.raw.reset()
                default: _ = await client.raw.readToEnd()
                }
                #expect(await sessions.record().rest() == [word])
            }
        }
    }

    @Test func `what a call says goes out in its order and as it should be framed`() async throws {
        let sessions = RecordingSessions()
        try await serve(sessions) { port in
            let client = try await started(port)
            try await client.send(Said.media(0))
            #expect(await sessions.record().next(1) == ["0"])
            let line = try #require(sessions.line())
            for count in [1, 60, 160, 16_000, 60_000] {
                line.send(.play(audio: Array(repeating: 7, count: count), generation: 0))
                line.send(.mark("m\(count) \"ä\"", generation: 0))
                let sound = Data(repeating: 7, count: count).base64EncodedString()
                #expect(
                    try await client.next().text
                        == #"{"event":"media","streamSid":"MZ1","media":{"payload":"\#(sound)"}}"#
                )
                #expect(
                    try await client.next().text
                        == #"{"event":"mark","streamSid":"MZ1","mark":{"name":"m\#(count) \"ä\""}}"#
                )
            }
            line.send(.alarm(id: 1, atMs: 40))
            line.send(.cancelAlarm(id: 1))
            line.send(.close)
            #expect(try await client.next().close == "1000 ")
            #expect(await sessions.record().rest() == ["alarm 1 40", "no alarm 1", "closed by us"])
            try await client.raw.close()
        }
    }

    @Test func `no sound of an older generation follows a clear`() async throws {
        let sessions = RecordingSessions(onHeard: { line, _ in
            line.send(.play(audio: [1], generation: 0))
            line.send(.clear(generation: 1))
            line.send(.play(audio: [2], generation: 0))
            line.send(.mark("alt", generation: 0))
            line.send(.play(audio: [3], generation: 1))
            line.send(.mark("neu", generation: 1))
        })
        try await serve(sessions) { port in
            let client = try await started(port)
            try await client.send(Said.media(0))
            var said: [String] = []
            repeat { said.append(try await client.next().text) } while !said.contains { $0.contains("neu") }
            #expect(said.count == 4)
            #expect(said[0].contains(#""AQ==""#) && said[1].contains("clear") && said[2].contains(#""Aw==""#))
            try await client.raw.close()
        }
    }

    @Test("J6: a far end that takes nothing is given up and costs a bounded amount")
    func slowClient() async throws {
        let sessions = RecordingSessions()
        try await serve(sessions, .init(outboundLimit: 1 << 20)) { port in
            let client = try await started(port)
            try await client.send(Said.media(0))
            #expect(await sessions.record().next(1) == ["0"])
            let line = try #require(sessions.line())
            for _ in 0..<4 { line.send(.play(audio: Array(repeating: 7, count: 400_000), generation: 0)) }
            #expect(await sessions.record().rest() == ["lost"])
            try await client.raw.close()
        }
    }

    @Test("J12: a hundred calls that misbehave do not touch one that does not")
    func isolation() async throws {
        let sessions = RecordingSessions()
        try await serve(sessions) { port in
            await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let client = try await SocketClient.open(port)
                        try await client.send(Said.start(call: "CAbad\(number)"))
                        switch number % 5 {
                        case 0: try await client.raw.send((0..<2_000).map { _ in UInt8.random(in: 0...255) })
                        case 1: try await client.raw.reset()
                        case 2: try await client.raw.send(SocketClient.frame(Array(repeating: 1, count: 70_000)))
                        case 3: for _ in 0..<200 { try await client.send("{{") }
                        default: try await client.send(Said.start(call: "CAbad\(number)"))
                        }
                    }
                }
                for number in 0..<5 {
                    group.addTask {
                        let client = try await SocketClient.open(port)
                        try await client.send(Said.start(call: "CAgood\(number)"))
                        for number in 0..<200 { try await client.send(Said.media(number)) }
                        try await client.send(Said.stop)
                        let heard = await sessions.record("CAgood\(number)").rest()
                        #expect(heard == (0..<200).map { "\($0 * 20)" } + ["stopped"])
                    }
                }
                while let result = await group.nextResult() {
                    // A client whose connection is closed under it has done its part.
                    if case .failure(let error) = result { #expect(error is ChannelError || error is IOError) }
                }
            }
        }
    }

    @Test func `a shutdown says 1001 to running calls`() async throws {
        let sessions = RecordingSessions()
        let (clients, hand) = AsyncStream.makeStream(of: SocketClient.self)
        async let goodbye: String? = {
            for await client in clients {
                let close = try await client.next().close
                try await client.sendClose(1001)
                return close
            }
            return nil
        }()
        try await serve(sessions) { port in
            let client = try await started(port)
            try await client.send(Said.media(0))
            #expect(await sessions.record().next(1) == ["0"])
            hand.yield(client)
        }
        #expect(try await goodbye == "1001 ")
        #expect(await sessions.record().rest() == ["closed by us"])
    }
}
