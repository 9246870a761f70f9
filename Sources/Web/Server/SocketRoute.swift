package import Kernel
package import NIOCore
package import NIOHTTP1

/// The request that wants to become a WebSocket.
package struct UpgradeRequest: Sendable {
    /// The path and query byte for byte.
    package let target: String
    package let headers: HTTPHeaders
    /// Nil on a Unix socket.
    package let client: ClientAddress?

    package init(target: String, headers: HTTPHeaders, client: ClientAddress?) {
        self.target = target
        self.headers = headers
        self.client = client
    }

    package var path: Substring { target.prefix { $0 != "?" } }
}

package enum UpgradeVerdict: Sendable, Equatable {
    case accepted
    case refused(HTTPResponseStatus)
}

/// An endpoint that speaks WebSocket: who may come in, and who serves the connection afterwards.
package struct SocketRoute: Sendable {
    package let endpoint: Endpoint
    /// Decides about the handshake. An error is answered with 503, because it says nothing about the caller.
    package let authorize: @Sendable (UpgradeRequest) async throws -> UpgradeVerdict
    /// Makes the handler that gets the connection's bytes after the 101; called on the connection's event loop.
    package let makeHandler: @Sendable (UpgradeRequest) -> any ChannelHandler

    package init(
        endpoint: Endpoint,
        authorize: @escaping @Sendable (UpgradeRequest) async throws -> UpgradeVerdict,
        makeHandler: @escaping @Sendable (UpgradeRequest) -> any ChannelHandler
    ) {
        self.endpoint = endpoint
        self.authorize = authorize
        self.makeHandler = makeHandler
    }
}
