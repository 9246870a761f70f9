package import Hummingbird
package import Kernel
import NIOCore

/// What a request carries on its way through the middleware: who is at the other end of the connection.
///
/// The signed-in contexts of later areas are children of this one, so that a handler never unwraps an identity.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The address of the connection's other end; nil on a Unix socket.
    package let peer: ClientAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap(ClientAddress.init)
    }
}
