import Foundation

/// The body of a request for a streamed chat completion.
struct ChatCompletionRequest: Encodable {
    private let model: String
    private let messages: [Message]
    private let stream = true
    private let streamOptions = ["include_usage": true]
    private let tools: [Tool]?
    private let temperature: Double?
    private let maxTokens: Int?
    private let maxCompletionTokens: Int?

    init(_ request: ChatRequest, model: String, tokenBound: ChatCompletionsModel.TokenBound) throws(ModelError) {
        self.model = model
        messages = request.messages.map { Message($0) }
        var tools: [Tool] = []
        for tool in request.tools { tools.append(try Tool(tool)) }
        self.tools = tools.isEmpty ? nil : tools
        temperature = request.temperature
        maxTokens = tokenBound == .maxTokens ? request.maxTokens : nil
        maxCompletionTokens = tokenBound == .maxCompletionTokens ? request.maxTokens : nil
    }

    private enum CodingKeys: String, CodingKey {
        case model
        case messages
        case stream
        case streamOptions = "stream_options"
        case tools
        case temperature
        case maxTokens = "max_tokens"
        case maxCompletionTokens = "max_completion_tokens"
    }

    private struct Message: Encodable {
        let role: String
        let content: String?
        let toolCalls: [Call]?
        let toolCallID: String?

        init(_ message: ChatMessage) {
            role = message.role.rawValue
            toolCalls = message.toolCalls.isEmpty ? nil : message.toolCalls.map { Call($0) }
            // Beside a wish for a tool an empty text is refused by some providers; elsewhere a missing one is.
            content = message.content.isEmpty && toolCalls != nil ? nil : message.content
            toolCallID = message.toolCallID
        }

        enum CodingKeys: String, CodingKey {
            case role
            case content
            case toolCalls = "tool_calls"
            case toolCallID = "tool_call_id"
        }
    }

    private struct Call: Encodable {
        struct Function: Encodable {
            let name: String
            let arguments: String
        }

        let id: String
        let type = "function"
        let function: Function

        init(_ call: ToolCall) {
            id = call.id
            function = Function(name: call.name, arguments: call.arguments)
        }
    }

    private struct Tool: Encodable {
        struct Function: Encodable {
            let name: String
            let description: String
            let parameters: JSONValue
        }

        let type = "function"
        let function: Function

        init(_ tool: ToolSpecification) throws(ModelError) {
            let parameters: JSONValue
            do {
                parameters = try JSONDecoder().decode(JSONValue.self, from: Data(tool.parameters.utf8))
            } catch {
                throw .invalidRequest
            }
            function = Function(name: tool.name, description: tool.description, parameters: parameters)
        }
    }
}
