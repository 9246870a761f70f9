import HTTPTypes
import Hummingbird
import Localization
import NIOCore

/// What is answered when nothing is refused.
struct APIAnswer: Sendable {
    let status: HTTPResponse.Status
    /// Nil for an answer without content.
    let body: String?
    var headers: HTTPFields = [:]

    init(_ body: JSON, status: HTTPResponse.Status = .ok) {
        self.status = status
        self.body = body.serialized
    }

    init(status: HTTPResponse.Status, body: String?) {
        self.status = status
        self.body = body
    }

    static let noContent = APIAnswer(status: .noContent, body: nil)

    /// Whether it says that something was refused.
    var isProblem: Bool { status.code >= 400 }
}

extension APIAnswer {
    /// Answers are a tenant's own and are stored nowhere on their way; other origins' scripts do not get them, because
    /// none of the fields of CORS is ever sent.
    func response(_ language: Language) -> Response {
        var headers = headers
        headers[.cacheControl] = headers[.cacheControl] ?? "no-store"
        headers[.vary] = "Authorization, Accept-Language"
        headers[.xContentTypeOptions] = "nosniff"
        guard let body else { return Response(status: status, headers: headers) }
        headers[.contentType] = isProblem ? "application/problem+json" : "application/json"
        if isProblem { headers[.contentLanguage] = language.rawValue }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}

extension APIProblem {
    func answer(_ catalog: Catalog, _ language: Language) -> APIAnswer {
        var answer = APIAnswer(document(catalog, language), status: code.status)
        answer.headers = headers
        return answer
    }
}
