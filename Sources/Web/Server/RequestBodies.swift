import HTTPTypes
import Hummingbird
import NIOCore

/// Reads a body whole and never more than is allowed.
enum RequestBodies {
    /// - Throws: `WebFailure.contentTooLarge`, at once if the request announces too much, or `HTTPParserError`.
    static func collect(_ request: Request, limit: Int) async throws -> ByteBuffer {
        if let announced = request.headers[.contentLength], let length = Int(announced), length > limit {
            throw WebFailure.contentTooLarge
        }
        var whole = ByteBuffer()
        for try await part in request.body {
            guard whole.readableBytes + part.readableBytes <= limit else { throw WebFailure.contentTooLarge }
            var part = part
            whole.writeBuffer(&part)
        }
        return whole
    }
}
