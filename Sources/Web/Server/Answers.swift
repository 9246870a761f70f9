package import HTTPTypes
package import Hummingbird
import NIOCore

extension Response {
    /// A complete answer from text. `contentType` includes its charset.
    package static func text(
        _ text: String,
        status: HTTPResponse.Status = .ok,
        contentType: String = "text/plain; charset=utf-8",
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = contentType
        headers[.cacheControl] = headers[.cacheControl] ?? "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// A document for the carrier to perform. `text/xml` is one of the types it reads as a document; as `text/plain`
    /// it would be read aloud.
    package static func voiceDocument(_ xml: String) -> Response {
        .text(xml, contentType: "text/xml; charset=utf-8")
    }

    package static func json(_ text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        .text(text, status: status, contentType: "application/json; charset=utf-8", headers: headers)
    }

    /// The empty answer to a callback.
    package static var noContent: Response { Response(status: .noContent) }
}

/// An outcome that a handler throws: a status and a stable word for it, nothing that came from elsewhere.
package struct WebFailure: Error, Equatable {
    package let status: HTTPResponse.Status
    package let code: String
    package let headers: HTTPFields

    package init(_ status: HTTPResponse.Status, _ code: String, headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.headers = headers
    }

    package static let forbidden = WebFailure(.forbidden, "forbidden")
    package static let contentTooLarge = WebFailure(.contentTooLarge, "content_too_large")
}
