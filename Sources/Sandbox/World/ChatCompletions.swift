import Foundation

/// The wire form of chat completions, as a server checks and answers it.
enum ChatCompletions {
    struct Request: Decodable {
        struct Message: Decodable {
            struct Call: Decodable {
                struct Function: Decodable {
                    let name: String
                    let arguments: String
                }

                let id: String
                let type: String
                let function: Function
            }

            let role: String
            let content: String?
            let toolCalls: [Call]?
            let toolCallID: String?

            enum CodingKeys: String, CodingKey {
                case role
                case content
                case toolCalls = "tool_calls"
                case toolCallID = "tool_call_id"
            }
        }

        struct Tool: Decodable {
            struct Function: Decodable {
                struct Parameters: Decodable {
                    struct Property: Decodable {
                        let type: String?
                        let `enum`: [String]?
                    }

                    let type: String
                    let properties: [String: Property]?
                    let required: [String]?
                }

                let name: String
                let description: String?
                let parameters: Parameters?
            }

            let type: String
            let function: Function
        }

        struct StreamOptions: Decodable {
            let includeUsage: Bool?

            enum CodingKeys: String, CodingKey {
                case includeUsage = "include_usage"
            }
        }

        let model: String
        let messages: [Message]
        let tools: [Tool]?
        let stream: Bool?
        let streamOptions: StreamOptions?
        let temperature: Double?
        let maxTokens: Int?

        enum CodingKeys: String, CodingKey {
            case model
            case messages
            case tools
            case stream
            case streamOptions = "stream_options"
            case temperature
            case maxTokens = "max_tokens"
        }

        /// Why a server would refuse the request; nil if it would not.
        var refusal: String? {
            if model.isEmpty { return "you must provide a model parameter" }
            if messages.isEmpty { return "[] is too short - 'messages'" }
            if let temperature, !(0...2).contains(temperature) { return "temperature must be between 0 and 2" }
            if let maxTokens, maxTokens < 1 { return "max_tokens must be at least 1" }
            if streamOptions != nil, stream != true { return "stream_options is only allowed when stream is enabled" }
            for tool in tools ?? [] {
                let name = tool.function.name
                let isName =
                    (1...64).contains(name.count)
                    && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
                if tool.type != "function" || !isName { return "invalid tool" }
                if let parameters = tool.function.parameters, parameters.type != "object" {
                    return "schema must have type 'object'"
                }
            }
            return orderRefusal
        }

        private var orderRefusal: String? {
            var open = Set<String>()
            for (index, message) in messages.enumerated() {
                guard ["system", "developer", "user", "assistant", "tool"].contains(message.role) else {
                    return "invalid role at messages[\(index)]"
                }
                if message.role == "tool" {
                    guard let id = message.toolCallID, open.remove(id) != nil else {
                        return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'"
                    }
                    continue
                }
                guard open.isEmpty else {
                    return "an assistant message with 'tool_calls' must be followed by tool messages"
                }
                let calls = message.toolCalls ?? []
                if message.content == nil, message.role != "assistant" || calls.isEmpty {
                    return "content is required at messages[\(index)]"
                }
                open = Set(calls.map(\.id))
            }
            return nil
        }
    }

    private struct Chunk: Encodable {
        struct Choice: Encodable {
            struct Delta: Encodable {
                struct Call: Encodable {
                    struct Function: Encodable {
                        var name: String?
                        var arguments: String
                    }

                    var index = 0
                    var id: String?
                    var type: String?
                    var function: Function
                }

                var role: String?
                var content: String?
                var toolCalls: [Call]?
            }

            var index = 0
            var delta: Delta
            var finishReason: String?
        }

        let id: String
        var object = "chat.completion.chunk"
        let created: Int
        let model: String
        var choices: [Choice]
        var usage: Usage?
    }

    private struct Usage: Encodable {
        let promptTokens: Int
        let completionTokens: Int
        let totalTokens: Int
    }

    /// The events of a streamed answer, each with its `data:` line.
    static func events(_ reply: GermanModel.Reply, to request: Request) throws -> [String] {
        let id = "chatcmpl-" + UUID().uuidString.lowercased()
        let created = Int(Date().timeIntervalSince1970)
        func event(_ delta: Chunk.Choice.Delta, finish: String? = nil) throws -> String {
            let choice = Chunk.Choice(delta: delta, finishReason: finish)
            return try line(Chunk(id: id, created: created, model: request.model, choices: [choice]))
        }
        var events = [try event(.init(role: "assistant", content: ""))]
        let produced: Int
        switch reply {
        case .text(let text):
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
            for (index, word) in words.enumerated() {
                events.append(try event(.init(content: (index == 0 ? "" : " ") + word)))
            }
            events.append(try event(.init(), finish: "stop"))
            produced = words.count
        case .call(let tool, let arguments):
            let call = "call_" + UUID().uuidString.replacing("-", with: "").prefix(24).lowercased()
            let json = String(decoding: try JSONEncoder.sorted.encode(arguments), as: UTF8.self)
            events.append(
                try event(
                    .init(toolCalls: [.init(id: call, type: "function", function: .init(name: tool, arguments: ""))])
                )
            )
            let middle = json.index(json.startIndex, offsetBy: json.count / 2)
            for part in [json[..<middle], json[middle...]] where !part.isEmpty {
                events.append(try event(.init(toolCalls: [.init(function: .init(arguments: String(part)))])))
            }
            events.append(try event(.init(), finish: "tool_calls"))
            produced = json.count / 4 + 8
        }
        if request.streamOptions?.includeUsage == true {
            let asked = request.messages.reduce(0) { $0 + ($1.content?.split(separator: " ").count ?? 0) + 4 }
            let usage = Usage(promptTokens: asked, completionTokens: produced, totalTokens: asked + produced)
            events.append(
                try line(Chunk(id: id, created: created, model: request.model, choices: [], usage: usage))
            )
        }
        events.append("data: [DONE]\n\n")
        return events
    }

    /// The answer in one piece.
    static func completion(_ reply: GermanModel.Reply, to request: Request) throws -> Data {
        var message: [String: Any] = ["role": "assistant"]
        var finish = "stop"
        switch reply {
        case .text(let text): message["content"] = text
        case .call(let tool, let arguments):
            finish = "tool_calls"
            message["content"] = NSNull()
            message["tool_calls"] = [
                [
                    "id": "call_" + UUID().uuidString.prefix(8).lowercased(), "type": "function",
                    "function": [
                        "name": tool,
                        "arguments": String(decoding: try JSONEncoder.sorted.encode(arguments), as: UTF8.self),
                    ],
                ] as [String: Any]
            ]
        }
        return try JSONSerialization.data(
            withJSONObject: [
                "id": "chatcmpl-" + UUID().uuidString.lowercased(), "object": "chat.completion",
                "created": Int(Date().timeIntervalSince1970), "model": request.model,
                "choices": [["index": 0, "message": message, "finish_reason": finish] as [String: Any]],
                "usage": ["prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2],
            ] as [String: Any]
        )
    }

    static func reply(to request: Request) -> GermanModel.Reply {
        let system = request.messages.filter { $0.role == "system" || $0.role == "developer" }
            .compactMap(\.content).joined(separator: "\n")
        let user = request.messages.last { $0.role == "user" }?.content ?? ""
        let tools = (request.tools ?? []).map { tool in
            GermanModel.Tool(
                name: tool.function.name,
                choices: (tool.function.parameters?.properties ?? [:]).compactMapValues(\.enum),
                required: tool.function.parameters?.required ?? []
            )
        }
        var lastToolCall: String?
        if request.messages.last?.role == "tool" {
            lastToolCall = request.messages.last { $0.toolCalls?.isEmpty == false }?.toolCalls?.last?.function.name
        }
        return GermanModel().reply(system: system, user: user, tools: tools, lastToolCall: lastToolCall)
    }

    private static func line(_ chunk: Chunk) throws -> String {
        let encoder = JSONEncoder.sorted
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return "data: " + String(decoding: try encoder.encode(chunk), as: UTF8.self) + "\n\n"
    }
}

extension JSONEncoder {
    static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
