package import Calls
package import Logging
package import NIOCore
package import Telemetry

/// Times and bounds of a media socket. The defaults are the product's.
package struct MediaSocketConfiguration: Sendable {
    /// From the handshake to `start` (requirement H5).
    package var startTimeout: TimeAmount
    /// How long `MediaSessions.open` may take.
    package var openTimeout: TimeAmount
    /// The far end sends fifty frames a second; after this long without a byte the stream is lost.
    package var silenceTimeout: TimeAmount
    /// How long the far end may take to answer our close.
    package var closeTimeout: TimeAmount
    /// Sound kept while `MediaSessions.open` decides, in bytes (8,000 a second); the oldest is dropped.
    package var heldSoundLimit: Int
    /// Bytes waiting to be sent to one far end; beyond it the far end is too slow and the socket is closed
    /// (requirement J6).
    package var outboundLimit: Int
    /// Messages of one stream that may be nonsense before it is closed.
    package var nonsenseLimit: Int

    package init(
        startTimeout: TimeAmount = .seconds(5),
        openTimeout: TimeAmount = .seconds(10),
        silenceTimeout: TimeAmount = .seconds(10),
        closeTimeout: TimeAmount = .seconds(2),
        heldSoundLimit: Int = 5 * 8_000,
        outboundLimit: Int = 2 << 20,
        nonsenseLimit: Int = 100
    ) {
        self.startTimeout = startTimeout
        self.openTimeout = openTimeout
        self.silenceTimeout = silenceTimeout
        self.closeTimeout = closeTimeout
        self.heldSoundLimit = heldSoundLimit
        self.outboundLimit = outboundLimit
        self.nonsenseLimit = nonsenseLimit
    }
}

/// The endpoint that carries the sound of calls.
package struct MediaSocket: Sendable {
    private let sessions: any MediaSessions
    private let configuration: MediaSocketConfiguration
    private let figures: MediaFigures
    private let logger: Logger

    package init(
        sessions: any MediaSessions,
        configuration: MediaSocketConfiguration = MediaSocketConfiguration(),
        metrics: Metrics,
        logger: Logger
    ) {
        self.sessions = sessions
        self.configuration = configuration
        self.figures = MediaFigures(metrics)
        self.logger = logger
    }

    /// - Parameter authorize: judges the handshake's signature; the token comes later, in the `start` message.
    package func route(
        endpoint: Endpoint = .media,
        authorize: @escaping @Sendable (UpgradeRequest) async throws -> UpgradeVerdict
    ) -> SocketRoute {
        SocketRoute(endpoint: endpoint, authorize: authorize) { [self] _ in
            MediaSocketHandler(sessions: sessions, configuration: configuration, figures: figures, logger: logger)
        }
    }
}
