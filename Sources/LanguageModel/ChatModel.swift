/// A language model that continues a conversation, as calls see it.
package protocol ChatModel: Sendable {
    /// The model's answer piece by piece. The last event is `finished`; an answer that breaks off throws `ModelError`.
    ///
    /// Whoever stops listening, by ending the loop or by being cancelled, closes the connection to the model.
    func stream(_ request: ChatRequest) -> AsyncThrowingStream<ChatEvent, any Error>
}

package struct ChatMessage: Sendable, Codable, Equatable {
    package enum Role: String, Sendable, Codable {
        case system
        case user
        case assistant
        case tool
    }

    package var role: Role
    package var content: String
    /// What an assistant's message asked for.
    package var toolCalls: [ToolCall]
    /// Which request a tool's message answers.
    package var toolCallID: String?

    package init(role: Role, content: String, toolCalls: [ToolCall] = [], toolCallID: String? = nil) {
        self.role = role
        self.content = content
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
    }

    package static func system(_ content: String) -> Self { Self(role: .system, content: content) }
    package static func user(_ content: String) -> Self { Self(role: .user, content: content) }
    package static func assistant(_ content: String, toolCalls: [ToolCall] = []) -> Self {
        Self(role: .assistant, content: content, toolCalls: toolCalls)
    }
    package static func tool(_ content: String, answering id: String) -> Self {
        Self(role: .tool, content: content, toolCallID: id)
    }
}

/// The model's wish to have a tool used.
package struct ToolCall: Sendable, Codable, Equatable {
    package var id: String
    package var name: String
    /// A JSON text, as the model wrote it: it may be no JSON at all.
    package var arguments: String

    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// A tool that the model may ask for.
package struct ToolSpecification: Sendable, Equatable {
    package let name: String
    package let description: String
    /// A JSON Schema of the arguments, as text.
    package let parameters: String

    package init(name: String, description: String, parameters: String) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

package struct ChatRequest: Sendable, Equatable {
    package var messages: [ChatMessage]
    package var tools: [ToolSpecification]
    /// 0–2; nil for the model's own.
    package var temperature: Double?
    /// The most tokens the answer may have; nil for the model's own bound.
    package var maxTokens: Int?

    package init(
        messages: [ChatMessage],
        tools: [ToolSpecification] = [],
        temperature: Double? = nil,
        maxTokens: Int? = nil
    ) {
        self.messages = messages
        self.tools = tools
        self.temperature = temperature
        self.maxTokens = maxTokens
    }
}

package enum ChatEvent: Sendable, Equatable {
    /// The next piece of the spoken answer, never empty.
    case text(String)
    /// A complete wish; all of them come before `finished`.
    case toolCall(ToolCall)
    case finished(FinishReason, ChatUsage?)
}

package enum FinishReason: Sendable, Equatable {
    /// The model has said all it wanted to say.
    case stop
    /// The bound on tokens cut the answer off.
    case length
    case toolCalls
    /// The provider suppressed the answer.
    case contentFilter
    /// A reason this version does not know.
    case other(String)
}

/// What the provider counted for one answer.
package struct ChatUsage: Sendable, Equatable {
    package let inputTokens: Int
    package let outputTokens: Int

    package init(inputTokens: Int, outputTokens: Int) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }
}
