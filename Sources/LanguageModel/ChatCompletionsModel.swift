package import AsyncHTTPClient
import Foundation
package import Kernel
import NIOCore
import NIOHTTP1

/// A model behind the chat-completions protocol with server-sent events and tools: OpenAI, Gemini's and Azure's
/// compatible endpoints, Mistral, vLLM, Ollama and the like.
///
/// How long to wait for the first piece and between pieces is the caller's decision; here only the whole is bounded.
package struct ChatCompletionsModel: ChatModel {
    /// Which field of the request bounds the answer: older models and most compatible servers know only the first.
    package enum TokenBound: Sendable {
        case maxTokens
        case maxCompletionTokens
    }

    package struct Limits: Sendable {
        /// From the request to the end of the answer.
        package var wholeAnswer: Duration
        /// The most bytes of an answer, which also bounds what waits for a slow listener.
        package var answerBytes: Int

        package init(wholeAnswer: Duration = .seconds(120), answerBytes: Int = 4 << 20) {
            self.wholeAnswer = wholeAnswer
            self.answerBytes = answerBytes
        }
    }

    private let endpoint: String
    private let key: Secret?
    private let model: String
    private let tokenBound: TokenBound
    private let limits: Limits
    private let http: HTTPClient
    private let time: TimeSource

    /// - Parameters:
    ///   - baseURL: up to and without `/chat/completions`, for example `https://api.openai.com/v1`.
    ///   - key: sent as a bearer token; nil or empty for servers that need none.
    ///   - http: whoever made it shuts it down.
    package init(
        baseURL: String,
        key: Secret?,
        model: String,
        http: HTTPClient,
        time: TimeSource,
        tokenBound: TokenBound = .maxTokens,
        limits: Limits = Limits()
    ) {
        endpoint = (baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL) + "/chat/completions"
        self.key = key
        self.model = model
        self.http = http
        self.time = time
        self.tokenBound = tokenBound
        self.limits = limits
    }

    package func stream(_ request: ChatRequest) -> AsyncThrowingStream<ChatEvent, any Error> {
        AsyncThrowingStream { continuation in
            // The stream owns the task: when nobody listens any more, it is cancelled.
            let task = Task {
                do {
                    // The HTTP client's own deadline ends with the head of the answer.
                    try await time.limit(limits.wholeAnswer) {
                        try await answer(request) { continuation.yield($0) }
                    }
                    continuation.finish()
                } catch is TimeLimitExceeded {
                    continuation.finish(throwing: ModelError.timeout)
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func answer(_ request: ChatRequest, onEvent: (ChatEvent) -> Void) async throws {
        let wire = try httpRequest(request)
        var isAnswering = false
        do {
            let response = try await http.execute(wire, deadline: .now() + TimeAmount(limits.wholeAnswer))
            guard response.status == .ok else { throw try await refusal(response) }
            isAnswering = true
            try await read(response.body, onEvent: onEvent)
        } catch let error as ModelError {
            throw error
        } catch let error as HTTPClientError {
            throw Self.translated(error, isAnswering: isAnswering)
        } catch let error as CancellationError {
            throw error
        } catch {
            // What remains are failures of the connection.
            throw isAnswering ? ModelError.interrupted : ModelError.unavailable
        }
    }

    private func httpRequest(_ request: ChatRequest) throws -> HTTPClientRequest {
        var wire = HTTPClientRequest(url: endpoint)
        wire.method = .POST
        wire.headers.add(name: "Content-Type", value: "application/json")
        wire.headers.add(name: "Accept", value: "text/event-stream")
        if let key, !key.isEmpty { wire.headers.add(name: "Authorization", value: "Bearer \(key.reveal())") }
        let body = try ChatCompletionRequest(request, model: model, tokenBound: tokenBound)
        wire.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        return wire
    }

    private func read(_ body: HTTPClientResponse.Body, onEvent: (ChatEvent) -> Void) async throws {
        var events = ServerSentEvents(maximumBytes: limits.answerBytes)
        var assembler = ChatCompletionAssembler()
        var bytes = 0
        for try await piece in body {
            bytes += piece.readableBytes
            guard bytes <= limits.answerBytes else { throw ModelError.answerTooLarge }
            for data in try events.append(piece.readableBytesView) {
                for event in try assembler.append(data) { onEvent(event) }
            }
            // Whatever follows the end of the answer is not waited for.
            if assembler.isFinished { return }
        }
        try Task.checkCancellation()
        if let data = try events.finish() {
            for event in try assembler.append(data) { onEvent(event) }
        }
        for event in try assembler.finish() { onEvent(event) }
    }

    private func refusal(_ response: HTTPClientResponse) async throws -> ModelError {
        let status = Int(response.status.code)
        let pause = response.headers.first(name: "Retry-After").flatMap { Double($0) }.flatMap { $0 >= 0 ? $0 : nil }
        switch status {
        case 401, 403: return .unauthorized
        case 429: return try await isQuota(response.body) ? .quotaExhausted : .rateLimited(retryAfterSeconds: pause)
        case 408: return .timeout
        case 500...: return .failed(status: status, retryAfterSeconds: pause)
        default: return .refused(status: status)
        }
    }

    /// Both "too many requests" and "nothing left on the account" come as 429; only the body tells them apart.
    private func isQuota(_ body: HTTPClientResponse.Body) async throws -> Bool {
        struct Refusal: Decodable { let error: ChatCompletionChunk.Failure? }

        let bytes: ByteBuffer
        do {
            bytes = try await body.collect(upTo: 64 << 10)
        } catch is NIOTooManyBytesError {
            return false
        }
        do {
            return try JSONDecoder().decode(Refusal.self, from: Data(bytes.readableBytesView)).error?.isQuota ?? false
        } catch {
            // A refusal in another form is taken for the usual one.
            return false
        }
    }

    private static func translated(_ error: HTTPClientError, isAnswering: Bool) -> any Error {
        switch error {
        case .cancelled: CancellationError()
        case .deadlineExceeded, .connectTimeout, .readTimeout, .getConnectionFromPoolTimeout: ModelError.timeout
        default: isAnswering ? ModelError.interrupted : ModelError.unavailable
        }
    }
}
