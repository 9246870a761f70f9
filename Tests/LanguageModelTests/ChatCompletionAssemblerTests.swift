import Testing

@testable import LanguageModel

@Suite("Chunks of a chat completion")
struct ChatCompletionAssemblerTests {
    @Test func textComesPieceByPieceAndUsageLast() throws {
        let events = try assemble([
            #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#,
            #"{"choices":[{"index":0,"delta":{"content":"Grüß "},"finish_reason":null}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"Gott."},"finish_reason":null}]}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
            #"{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}"#, "[DONE]",
        ])
        #expect(
            events == [
                .text("Grüß "), .text("Gott."), .finished(.stop, ChatUsage(inputTokens: 12, outputTokens: 3)),
            ]
        )
    }

    @Test func deltasOfSeveralToolCallsAreAssembledByIndex() throws {
        let events = try assemble([
            delta(#"{"index":0,"id":"call_a","type":"function","function":{"name":"hand_over","arguments":""}}"#),
            delta(#"{"index":1,"id":"call_b","type":"function","function":{"name":"end_call","arguments":""}}"#),
            delta(#"{"index":0,"function":{"arguments":"{\"target\":"}}"#),
            delta(#"{"index":0,"function":{"arguments":"\"werkstatt\"}"}}"#), finish("tool_calls"), "[DONE]",
        ])
        #expect(
            events == [
                .toolCall(ToolCall(id: "call_a", name: "hand_over", arguments: #"{"target":"werkstatt"}"#)),
                .toolCall(ToolCall(id: "call_b", name: "end_call", arguments: "{}")), .finished(.toolCalls, nil),
            ]
        )
    }

    @Test func wholeCallsThatShareAnIndexOrHaveNoneAreToldApart() throws {
        let shared = try assemble([
            delta(#"{"index":0,"id":"x","function":{"name":"a","arguments":"{}"}}"#),
            delta(#"{"index":0,"id":"y","function":{"name":"b","arguments":"{}"}}"#), finish("stop"),
        ])
        let bare = try assemble([
            delta(#"{"function":{"name":"a","arguments":"{}"}},{"function":{"name":"b","arguments":"{}"}}"#),
            finish("stop"),
        ])
        #expect(names(shared) == ["x:a", "y:b"])
        #expect(names(bare) == ["call_0:a", "call_1:b"])
        #expect(shared.last == .finished(.toolCalls, nil))
    }

    @Test(
        arguments: [
            ("stop", .stop), ("length", .length), ("tool_calls", .toolCalls), ("function_call", .toolCalls),
            ("content_filter", .contentFilter), ("eos", .other("eos")),
        ] as [(String, FinishReason)]
    )
    func everyReasonIsKnown(word: String, reason: FinishReason) throws {
        #expect(try assemble([finish(word)]) == [.finished(reason, nil)])
    }

    @Test func thinkingThatIsNoTextIsNotSpoken() throws {
        let chunk = #"{"choices":[{"delta":{"content":[{"type":"thinking"}],"reasoning_content":"x"}}]}"#
        #expect(try assemble([chunk, finish("stop")]) == [.finished(.stop, nil)])
    }

    @Test(
        arguments: [
            ("{", .malformedAnswer), ("[]", .malformedAnswer), ("[DONE]", .interrupted),
            (
                #"{"error":{"message":"x","type":"server_error","code":null}}"#,
                .failed(status: 200, retryAfterSeconds: nil)
            ),
            (#"{"error":{"code":"insufficient_quota"}}"#, .quotaExhausted),
            (#"{"error":{"code":404}}"#, .refused(status: 404)),
            (#"{"error":{"code":503}}"#, .failed(status: 503, retryAfterSeconds: nil)),
            (#"{"error":"model crashed"}"#, .failed(status: 200, retryAfterSeconds: nil)),
            (#"{"error":{"code":429}}"#, .rateLimited(retryAfterSeconds: nil)),
        ] as [(String, ModelError)]
    )
    func whatIsNoAnswerIsATypedError(data: String, error: ModelError) {
        #expect(throws: error) { try assemble([data]) }
    }

    @Test func anAnswerWithoutAReasonHasBrokenOff() {
        #expect(throws: ModelError.interrupted) { try assemble([#"{"choices":[{"delta":{"content":"Gr"}}]}"#]) }
    }

    @Test func toolCallsAreBounded() {
        let chunks = (0..<40).map { delta(#"{"index":\#($0),"id":"c\#($0)","function":{"name":"a"}}"#) }
        #expect(throws: ModelError.answerTooLarge) { try assemble(chunks) }
    }

    private func assemble(_ chunks: [String]) throws -> [ChatEvent] {
        var assembler = ChatCompletionAssembler()
        var events: [ChatEvent] = []
        for chunk in chunks { events += try assembler.append(chunk) }
        return events + (try assembler.finish())
    }

    private func delta(_ calls: String) -> String { #"{"choices":[{"delta":{"tool_calls":[\#(calls)]}}]}"# }

    private func finish(_ reason: String) -> String { #"{"choices":[{"delta":{},"finish_reason":"\#(reason)"}]}"# }

    private func names(_ events: [ChatEvent]) -> [String] {
        events.compactMap { if case .toolCall(let call) = $0 { "\(call.id):\(call.name)" } else { nil } }
    }
}
