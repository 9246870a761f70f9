/// One `chat.completion.chunk` of the wire, as far as we read it. Everything is optional, since providers differ.
struct ChatCompletionChunk: Decodable {
    struct Choice: Decodable {
        let delta: Delta?
        let finishReason: String?
    }

    struct Delta: Decodable {
        let content: String?
        let toolCalls: [ToolCallDelta]?

        private enum Key: String, CodingKey {
            case content
            case toolCalls
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            do {
                content = try fields.decodeIfPresent(String.self, forKey: .content)
            } catch DecodingError.typeMismatch {
                // Some providers stream a model's thinking as a list in place of the text; it is not for the caller.
                content = nil
            }
            toolCalls = try fields.decodeIfPresent([ToolCallDelta].self, forKey: .toolCalls)
        }
    }

    struct ToolCallDelta: Decodable {
        struct Function: Decodable {
            let name: String?
            let arguments: String?
        }

        let index: Int?
        let id: String?
        let function: Function?
    }

    struct Usage: Decodable {
        let promptTokens: Int?
        let completionTokens: Int?
    }

    struct Failure: Decodable {
        enum Code: Decodable, Equatable {
            case number(Int)
            case word(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                do {
                    self = .number(try container.decode(Int.self))
                } catch DecodingError.typeMismatch {
                    self = .word(try container.decode(String.self))
                }
            }
        }

        let code: Code?
        let type: String?

        private enum Key: String, CodingKey {
            case code
            case type
        }

        init(from decoder: any Decoder) throws {
            let fields: KeyedDecodingContainer<Key>
            do {
                fields = try decoder.container(keyedBy: Key.self)
            } catch DecodingError.typeMismatch {
                // Some servers report a bare text; that it failed is then all we know.
                code = nil
                type = nil
                return
            }
            code = try fields.decodeIfPresent(Code.self, forKey: .code)
            type = try fields.decodeIfPresent(String.self, forKey: .type)
        }

        var isQuota: Bool { code == .word("insufficient_quota") || type == "insufficient_quota" }
    }

    let choices: [Choice]?
    let usage: Usage?
    let error: Failure?
}
