package import HTTPTypes
package import Hummingbird
package import Kernel
package import Logging
package import NIOCore

/// A request as a handler sees it: complete, within its limit, and exactly as it came.
package struct IncomingRequest: Sendable {
    package let endpoint: Endpoint
    package let method: HTTPRequest.Method
    /// The path and query byte for byte, as the request line had them; a signature is computed over this text.
    package let target: String
    package let headers: HTTPFields
    /// The raw body; nothing has been decoded.
    package let body: ByteBuffer
    /// The values of the path's `:parameters`.
    package let parameters: Parameters
    /// Nil on a Unix socket.
    package let client: ClientAddress?
    /// Carries `request.id`.
    package let logger: Logger

    package init(
        endpoint: Endpoint,
        method: HTTPRequest.Method,
        target: String,
        headers: HTTPFields,
        body: ByteBuffer,
        parameters: Parameters,
        client: ClientAddress?,
        logger: Logger
    ) {
        self.endpoint = endpoint
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.parameters = parameters
        self.client = client
        self.logger = logger
    }

    /// The text after the first `?`, undecoded; nil without one.
    package var query: String? {
        target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) }
    }

    package func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }
}
