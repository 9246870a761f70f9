import Kernel
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Telemetry
import Web

extension WebServer {
    /// The figures of a process, for the machine's own collector and not for the world.
    ///
    /// - Parameter health: answers `/livez` and `/readyz` there too, for a process that has no other port.
    static func observing(
        _ metrics: Metrics,
        host: String,
        port: Int,
        health: HealthController? = nil,
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws -> WebServer {
        metrics.observeProcess()
        var book = RouteBook()
        MetricsController(metrics: metrics).register(on: &book)
        health?.registerProbes(on: &book)
        return try WebServer(
            configuration: WebServerConfiguration(address: .tcp(host: host, port: port), eventLoops: 1),
            table: health == nil ? [.metrics] : [.metrics, .live, .ready],
            book: book,
            metrics: metrics,
            logger: logger,
            onListening: { address in await onListening(address.port ?? 0) }
        )
    }
}

/// Says from the moment a process is asked to stop that it takes no new work. The last service of its group, because a
/// group stops its services from the last to the first.
final class Farewell: Service {
    private let isLeaving = Atomic<Bool>(false)

    var readiness: Readiness { isLeaving.load(ordering: .relaxed) ? .draining : .ready }

    func run() async throws {
        try await gracefulShutdown()
        isLeaving.store(true, ordering: .relaxed)
    }
}
