import Synchronization

/// The figures of one process, by name and label, and their rendering for Prometheus.
///
/// Asking twice for the same name and labels gives the same instrument, so that a part of the system may fetch its
/// instruments where it needs them. No label may name a tenant, a call or a person: labels are `outcome`, `provider`,
/// `region`, `stage` and `kind`, and the number of series is constant however many tenants there are.
package final class Metrics: Sendable {
    /// The only label names there are.
    package static let labelNames: Set<String> = ["outcome", "provider", "region", "stage", "kind"]

    /// How many label combinations one name may have. What comes later is counted under `other`, so that a value which
    /// was not foreseen cannot grow the process.
    package static let seriesLimit = 64

    enum Instrument {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
        case read(@Sendable () -> Double)
    }

    enum Kind: String {
        case counter, gauge, histogram
    }

    struct Family {
        let kind: Kind
        let help: String
        var series: [Labels: Instrument]
    }

    /// Label pairs, sorted by name.
    struct Labels: Hashable, Comparable {
        struct Pair: Hashable {
            let name: String
            let value: String
        }

        let pairs: [Pair]

        init(_ labels: [(String, String)]) {
            for (name, _) in labels {
                precondition(Metrics.labelNames.contains(name), "not one of the label names of this system: \(name)")
            }
            pairs = labels.map { Pair(name: $0.0, value: $0.1) }.sorted { $0.name < $1.name }
        }

        private init(pairs: [Pair]) {
            self.pairs = pairs
        }

        var other: Self { Self(pairs: pairs.map { Pair(name: $0.name, value: "other") }) }

        static func < (left: Self, right: Self) -> Bool {
            left.pairs.map { "\($0.name)\u{0}\($0.value)" }.lexicographicallyPrecedes(
                right.pairs.map { "\($0.name)\u{0}\($0.value)" }
            )
        }
    }

    private let families = Mutex<[String: Family]>([:])

    package init() {}

    /// - Parameter name: ends in `_total`.
    package func counter(_ name: String, help: String, labels: [(String, String)] = []) -> Counter {
        precondition(name.hasSuffix("_total"), "a counter's name ends in _total: \(name)")
        let instrument = register(name, .counter, help, Labels(labels)) { .counter(Counter()) }
        guard case .counter(let counter) = instrument else { preconditionFailure("\(name) is another kind of metric") }
        return counter
    }

    package func gauge(_ name: String, help: String, labels: [(String, String)] = []) -> Gauge {
        let instrument = register(name, .gauge, help, Labels(labels)) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = instrument else { preconditionFailure("\(name) is another kind of metric") }
        return gauge
    }

    /// - Parameters:
    ///   - name: ends in its unit, `_seconds` or `_bytes`.
    ///   - buckets: upper bounds; the first registration of a name decides.
    package func histogram(
        _ name: String,
        help: String,
        buckets: [Double] = Histogram.Buckets.latency,
        labels: [(String, String)] = []
    ) -> Histogram {
        precondition(name.hasSuffix("_seconds") || name.hasSuffix("_bytes"), "a histogram names its unit: \(name)")
        let instrument = register(name, .histogram, help, Labels(labels)) { .histogram(Histogram(buckets: buckets)) }
        guard case .histogram(let histogram) = instrument else {
            preconditionFailure("\(name) is another kind of metric")
        }
        return histogram
    }

    /// A figure that is kept elsewhere and read when somebody asks; `read` is called on the thread that renders.
    /// A name that ends in `_total` is a counter, any other a gauge.
    package func observe(_ name: String, help: String, read: @escaping @Sendable () -> Double) {
        _ = register(name, name.hasSuffix("_total") ? .counter : .gauge, help, Labels([])) { .read(read) }
    }

    private func register(
        _ name: String,
        _ kind: Kind,
        _ help: String,
        _ labels: Labels,
        make: () -> Instrument
    ) -> Instrument {
        precondition(Self.isName(name), "not the name of a metric: \(name)")
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind, help: help, series: [:])
            precondition(family.kind == kind, "\(name) is a \(family.kind.rawValue)")
            let isFull = family.series.count >= Self.seriesLimit && family.series[labels] == nil
            let labels = isFull ? labels.other : labels
            if let existing = family.series[labels] { return existing }
            let instrument = make()
            family.series[labels] = instrument
            families[name] = family
            return instrument
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }

    /// The Prometheus text format, version 0.0.4, in a stable order.
    package func render() -> String {
        MetricsText.render(families.withLock { $0 })
    }
}
