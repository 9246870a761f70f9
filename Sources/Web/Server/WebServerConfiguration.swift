package import NIOCore

/// How a server listens and how long it waits. `App` fills it from the settings; the defaults are the product's.
package struct WebServerConfiguration: Sendable {
    package enum Address: Sendable, Hashable {
        /// Port 0 lets the system choose; `WebServer` tells which.
        case tcp(host: String, port: Int)
        case unixSocket(path: String)
    }

    package var address: Address
    /// Threads that serve connections. A call stays on one of them for its life.
    package var eventLoops: Int
    /// How many proxies of ours stand in front and append to `X-Forwarded-For`.
    package var trustedProxies: Int
    /// How long a new connection may say nothing.
    package var firstRequestTimeout: TimeAmount
    /// How long a kept connection may rest between requests. Longer than nginx keeps its own (60 s), so that the proxy
    /// is the one that closes and no request meets a closing connection.
    package var idleTimeout: TimeAmount
    /// From a request's head to its end.
    package var requestTimeout: TimeAmount
    /// How long the decision about a WebSocket may take.
    package var upgradeTimeout: TimeAmount
    /// All header fields of a request together, in bytes.
    package var headerLimit: Int
    /// How long bytes we sent may stay unacknowledged before the connection counts as dead.
    package var unacknowledgedTimeout: TimeAmount
    package var backlog: Int
    /// Whether browsers reach the server by HTTPS, through the proxy in front.
    package var isSecure: Bool

    package init(
        address: Address,
        eventLoops: Int,
        trustedProxies: Int = 0,
        firstRequestTimeout: TimeAmount = .seconds(10),
        idleTimeout: TimeAmount = .seconds(75),
        requestTimeout: TimeAmount = .seconds(30),
        upgradeTimeout: TimeAmount = .seconds(5),
        headerLimit: Int = 32 * 1_024,
        unacknowledgedTimeout: TimeAmount = .seconds(20),
        backlog: Int = 1_024,
        isSecure: Bool = false
    ) {
        self.address = address
        self.eventLoops = max(1, eventLoops)
        self.trustedProxies = trustedProxies
        self.firstRequestTimeout = firstRequestTimeout
        self.idleTimeout = idleTimeout
        self.requestTimeout = requestTimeout
        self.upgradeTimeout = upgradeTimeout
        self.headerLimit = headerLimit
        self.unacknowledgedTimeout = unacknowledgedTimeout
        self.backlog = backlog
        self.isSecure = isSecure
    }
}
