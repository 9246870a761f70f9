import Foundation

/// Makes events of the chunks of one streamed chat completion.
struct ChatCompletionAssembler {
    private struct PartialCall {
        let index: Int?
        var id: String
        var name: String
        var arguments: String
    }

    private let decoder: JSONDecoder
    private var calls: [PartialCall] = []
    private var reason: FinishReason?
    private var usage: ChatUsage?
    private(set) var isFinished = false

    init() {
        decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
    }

    /// Takes the data of one server-sent event.
    mutating func append(_ data: String) throws(ModelError) -> [ChatEvent] {
        guard !isFinished else { return [] }
        if data == "[DONE]" { return try finish() }
        let chunk: ChatCompletionChunk
        do {
            chunk = try decoder.decode(ChatCompletionChunk.self, from: Data(data.utf8))
        } catch {
            throw .malformedAnswer
        }
        if let failure = chunk.error { throw failure.asModelError }
        if let counted = chunk.usage, let input = counted.promptTokens, let output = counted.completionTokens {
            // Some providers count along with every chunk; the last count is the whole.
            usage = ChatUsage(inputTokens: input, outputTokens: output)
        }
        // We never ask for more than one choice.
        guard let choice = chunk.choices?.first else { return [] }
        for delta in choice.delta?.toolCalls ?? [] { try add(delta) }
        if let word = choice.finishReason, !word.isEmpty { reason = FinishReason(word) }
        if let text = choice.delta?.content, !text.isEmpty { return [.text(text)] }
        return []
    }

    /// The last events, once the provider says it is done or has ended its answer.
    mutating func finish() throws(ModelError) -> [ChatEvent] {
        guard !isFinished else { return [] }
        guard var reason else { throw .interrupted }
        isFinished = true
        var events: [ChatEvent] = []
        for (position, call) in calls.enumerated() {
            guard !call.name.isEmpty else { throw .malformedAnswer }
            let id = call.id.isEmpty ? "call_\(position)" : call.id
            let arguments = call.arguments.isEmpty ? "{}" : call.arguments
            events.append(.toolCall(ToolCall(id: id, name: call.name, arguments: arguments)))
        }
        // Several providers say "stop" although the model asks for a tool.
        if !events.isEmpty, reason == .stop { reason = .toolCalls }
        return events + [.finished(reason, usage)]
    }

    /// Pieces of one call share its index. Some providers send whole calls, without an index or all with index 0, which
    /// a new id tells apart.
    private mutating func add(_ delta: ChatCompletionChunk.ToolCallDelta) throws(ModelError) {
        let id = delta.id ?? ""
        let known = calls.lastIndex { call in
            (delta.index == nil || call.index == delta.index) && (id.isEmpty || call.id.isEmpty || call.id == id)
        }
        let startsAnew = delta.index == nil && id.isEmpty && delta.function?.name?.isEmpty == false
        guard let known, !startsAnew else {
            guard calls.count < Self.maximumCalls else { throw .answerTooLarge }
            calls.append(
                PartialCall(
                    index: delta.index,
                    id: id,
                    name: delta.function?.name ?? "",
                    arguments: delta.function?.arguments ?? ""
                )
            )
            return
        }
        if calls[known].id.isEmpty { calls[known].id = id }
        // The name comes whole; a repetition of it is not a continuation.
        if calls[known].name.isEmpty { calls[known].name = delta.function?.name ?? "" }
        calls[known].arguments += delta.function?.arguments ?? ""
    }

    private static let maximumCalls = 32
}

extension FinishReason {
    init(_ word: String) {
        switch word {
        case "stop": self = .stop
        case "length": self = .length
        case "tool_calls", "function_call": self = .toolCalls
        case "content_filter": self = .contentFilter
        default: self = .other(word)
        }
    }
}

extension ChatCompletionChunk.Failure {
    /// An error that comes within an answer that had begun with 200.
    fileprivate var asModelError: ModelError {
        if isQuota { return .quotaExhausted }
        switch code {
        case .number(401), .number(403): return .unauthorized
        case .number(429), .word("rate_limit_exceeded"): return .rateLimited(retryAfterSeconds: nil)
        case .number(let status) where (400..<500).contains(status): return .refused(status: status)
        case .number(let status): return .failed(status: status, retryAfterSeconds: nil)
        case .word, nil: return .failed(status: 200, retryAfterSeconds: nil)
        }
    }
}
