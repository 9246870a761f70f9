import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Chat completions with streaming and tools.
struct ModelEndpoint: Sendable {
    /// The key that requests must carry.
    let key: String
    let faults: Faults

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.post("/v1/chat/completions") { request, _ in try await complete(request) }
        router.get("/v1/models") { request, _ in
            guard isAuthorized(request) else { return try refuse(.unauthorized, "Incorrect API key provided") }
            return try HTTPAnswer.object(["object": "list", "data": [["id": "sandbox", "object": "model"]]])
        }
    }

    private func isAuthorized(_ request: Request) -> Bool {
        request.headers[.authorization] == "Bearer \(key)"
    }

    private func complete(_ request: Request) async throws -> Response {
        let body = try await HTTPAnswer.body(request)
        guard isAuthorized(request) else {
            return try refuse(.unauthorized, "Incorrect API key provided", code: "invalid_api_key")
        }
        guard request.headers[.contentType]?.hasPrefix("application/json") == true else {
            return try refuse(.unsupportedMediaType, "Content-Type must be application/json")
        }
        let chat: ChatCompletions.Request
        do {
            chat = try JSONDecoder().decode(ChatCompletions.Request.self, from: body)
        } catch {
            return try refuse(.badRequest, "We could not parse the JSON body of your request.")
        }
        if let refusal = chat.refusal { return try refuse(.badRequest, refusal) }

        let fault = faults.meet(.model)
        switch fault {
        case .error: return try refuse(.internalServerError, "The server had an error", type: "server_error")
        case .quota:
            var response = try refuse(.tooManyRequests, "Rate limit reached", type: "requests")
            if let name = HTTPField.Name("retry-after") { response.headers[name] = "1" }
            return response
        case .denied: return try refuse(.unauthorized, "Incorrect API key provided", code: "invalid_api_key")
        case .garbage:
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "data: {nonsense\n\n"))
            )
        case .stall, .stallMidway, .errorMidway, nil: break
        }
        let reply = ChatCompletions.reply(to: chat)
        guard chat.stream == true else {
            if fault == .stall { try await Task.sleep(for: .seconds(600)) }
            return HTTPAnswer.json(data: try ChatCompletions.completion(reply, to: chat))
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: stream(try ChatCompletions.events(reply, to: chat), fault)
        )
    }

    private func stream(_ events: [String], _ fault: Fault?) -> ResponseBody {
        ResponseBody { writer in
            for (index, event) in events.enumerated() {
                if fault == .stall, index == 1 { try await Task.sleep(for: .seconds(600)) }
                if index == max(2, events.count / 2) {
                    if fault == .stallMidway { try await Task.sleep(for: .seconds(600)) }
                    if fault == .errorMidway { throw CancellationError() }
                }
                try await writer.write(ByteBuffer(string: event))
            }
            try await writer.finish(nil)
        }
    }

    private func refuse(
        _ status: HTTPResponse.Status,
        _ message: String,
        type: String = "invalid_request_error",
        code: String? = nil
    ) throws -> Response {
        try HTTPAnswer.object(
            status,
            ["error": ["message": message, "type": type, "param": NSNull(), "code": code as Any? ?? NSNull()]]
        )
    }
}
