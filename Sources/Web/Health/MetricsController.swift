import Hummingbird
package import Telemetry

/// `/metrics`, served on a port of its own that is bound to loopback by default.
package struct MetricsController: Sendable {
    private let metrics: Metrics

    package init(metrics: Metrics) {
        self.metrics = metrics
    }

    package func register(on book: inout RouteBook) {
        book.on(.metrics) { [metrics] _ in
            .text(metrics.render(), contentType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
