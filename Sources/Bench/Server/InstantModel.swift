import LanguageModel

/// Answers everything with the same sentence, at once.
struct InstantModel: ChatModel {
    func stream(_ request: ChatRequest) -> AsyncThrowingStream<ChatEvent, any Error> {
        let (stream, answer) = AsyncThrowingStream.makeStream(of: ChatEvent.self)
        answer.yield(.text("Gerne, das mache ich sofort."))
        answer.yield(.finished(.stop, nil))
        answer.finish()
        return stream
    }
}
