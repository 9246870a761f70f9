import AsyncHTTPClient
import Foundation
import Kernel
import LanguageModel
import TestSupport
import Testing

@Suite("Chat completions over HTTP")
struct ChatCompletionsModelTests {
    private static let hello = #"data: {"choices":[{"delta":{"content":"Grüß Gott"}}]}"# + "\n\n"
    private static let end = #"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"

    private let request = ChatRequest(
        messages: [
            .system("Sei kurz."), .user("Hallo"),
            .assistant("", toolCalls: [ToolCall(id: "c1", name: "hand_over", arguments: #"{"target":"a"}"#)]),
            .tool("besetzt", answering: "c1"),
        ],
        tools: [
            ToolSpecification(
                name: "end_call",
                description: "Beendet das Gespräch.",
                parameters: #"{"type":"object","properties":{"n":{"type":"integer","minimum":1,"exclusive":true}}}"#
            )
        ],
        temperature: 0.5,
        maxTokens: 300
    )

    @Test func theRequestIsWhatTheProtocolAsksFor() async throws {
        try await serve(.init(200, Self.end)) { server in
            _ = try await collect(model(server).stream(request))
            let sent = try #require(server.requests.first)
            #expect(sent.method == "POST")
            #expect(sent.target == "/v1/chat/completions")
            #expect(sent.headers["authorization"] == "Bearer key")
            #expect(sent.headers["content-type"] == "application/json")
            let expected = """
                {"max_tokens":300,"messages":[{"content":"Sei kurz.","role":"system"},{"content":"Hallo","role":"user"},\
                {"role":"assistant","tool_calls":[{"function":{"arguments":"{\\"target\\":\\"a\\"}","name":"hand_over"},\
                "id":"c1","type":"function"}]},{"content":"besetzt","role":"tool","tool_call_id":"c1"}],"model":"m",\
                "stream":true,"stream_options":{"include_usage":true},"temperature":0.5,"tools":[{"function":\
                {"description":"Beendet das Gespräch.","name":"end_call","parameters":{"properties":{"n":\
                {"exclusive":true,"minimum":1,"type":"integer"}},"type":"object"}},"type":"function"}]}
                """
            #expect(try canonical(sent.body) == canonical(expected))
        }
    }

    @Test func anAnswerCutAnywhereArrives() async throws {
        let bytes = Array((Self.hello + Self.end).utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 7).map { Array(bytes[$0..<min($0 + 7, bytes.count)]) }
        try await serve(.init(200, pieces: pieces)) { server in
            let events = try await collect(model(server).stream(request))
            #expect(events == [.text("Grüß Gott"), .finished(.stop, nil)])
        }
    }

    @Test func theFirstPieceArrivesBeforeTheAnswerEnds() async throws {
        try await serve(.init(200, pieces: [Array(Self.hello.utf8)], ending: .silence)) { server in
            for try await event in model(server).stream(request) {
                #expect(event == .text("Grüß Gott"))
                break
            }
            // Leaving the loop closes the connection.
            for await _ in server.disconnections { break }
        }
    }

    @Test func cancellingTheListenerClosesTheConnection() async throws {
        try await serve(.init(200, pieces: [Array(Self.hello.utf8)], ending: .silence)) { server in
            let (heard, hears) = AsyncStream.makeStream(of: Void.self)
            let stream = model(server).stream(request)
            let listener = Task {
                for try await _ in stream { hears.yield() }
            }
            for await _ in heard { break }
            listener.cancel()
            for await _ in server.disconnections { break }
            _ = await listener.result
        }
    }

    @Test func afterDoneNothingIsWaitedFor() async throws {
        let answer = LoopbackServer.Answer(200, pieces: [Array((Self.hello + Self.end).utf8)], ending: .silence)
        try await serve(answer) { server in
            let events = try await collect(model(server).stream(request))
            #expect(events.last == .finished(.stop, nil))
        }
    }

    @Test(
        "Refusals are typed and say whether to try again",
        arguments: [
            (401, "", .unauthorized), (403, "", .unauthorized), (404, "", .refused(status: 404)), (408, "", .timeout),
            (429, "busy", .rateLimited(retryAfterSeconds: 1.5)),
            (429, #"{"error":{"code":"insufficient_quota","message":"x"}}"#, .quotaExhausted),
            (500, "", .failed(status: 500, retryAfterSeconds: 1.5)),
            (503, "", .failed(status: 503, retryAfterSeconds: 1.5)),
        ] as [(Int, String, ModelError)]
    )
    func refusals(status: Int, body: String, error: ModelError) async throws {
        try await serve(.init(status, headers: ["Retry-After": "1.5"], body)) { server in
            await #expect(throws: error) { try await collect(model(server).stream(request)) }
            #expect(error.isRetryable == (status == 408 || body == "busy" || status >= 500))
        }
    }

    @Test func anAnswerThatBreaksOffIsInterrupted() async throws {
        for ending in [LoopbackServer.Answer.Ending.abort, .complete] {
            try await serve(.init(200, pieces: [Array(Self.hello.utf8)], ending: ending)) { server in
                await #expect(throws: ModelError.interrupted) { try await collect(model(server).stream(request)) }
            }
        }
    }

    @Test func anEndlessAnswerIsCutOff() async throws {
        let pieces = Array(repeating: Array(Self.hello.utf8), count: 100)
        try await serve(.init(200, pieces: pieces, ending: .silence)) { server in
            let model = model(server, limits: .init(answerBytes: 1_000))
            await #expect(throws: ModelError.answerTooLarge) { try await collect(model.stream(request)) }
        }
    }

    @Test(arguments: [[], [Array(Self.hello.utf8)]])
    func anAnswerThatNeverEndsMeetsItsLimit(pieces: [[UInt8]]) async throws {
        try await serve(.init(200, pieces: pieces, ending: .silence)) { server in
            let model = model(server, time: .over)
            await #expect(throws: ModelError.timeout) { try await collect(model.stream(request)) }
        }
    }

    @Test func noServerIsUnavailable() async throws {
        let url = try await serve(.init(200)) { $0.url }
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let model = ChatCompletionsModel(baseURL: url, key: nil, model: "m", http: http, time: .still)
        await #expect(throws: ModelError.unavailable) { try await collect(model.stream(request)) }
        try await http.shutdown()
    }

    @Test func parametersThatAreNoJSONAreRefusedBeforeAnythingIsSent() async throws {
        try await serve(.init(200, Self.end)) { server in
            var request = request
            request.tools = [ToolSpecification(name: "a", description: "b", parameters: "{")]
            await #expect(throws: ModelError.invalidRequest) { try await collect(model(server).stream(request)) }
            #expect(server.requests.isEmpty)
        }
    }

    @discardableResult
    private func serve<Result>(
        _ answer: LoopbackServer.Answer,
        _ body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        try await LoopbackServer.run(answering: answer, body)
    }

    private func model(
        _ server: LoopbackServer,
        time: TimeSource = .still,
        limits: ChatCompletionsModel.Limits = .init()
    ) -> ChatCompletionsModel {
        ChatCompletionsModel(
            baseURL: server.url + "/v1/",
            key: Secret("key"),
            model: "m",
            http: .shared,
            time: time,
            limits: limits
        )
    }

    private func collect(_ stream: AsyncThrowingStream<ChatEvent, any Error>) async throws -> [ChatEvent] {
        var events: [ChatEvent] = []
        for try await event in stream { events.append(event) }
        return events
    }

    private func canonical(_ json: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
        return String(decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
    }
}
