/// The Prometheus text format 0.0.4.
enum MetricsText {
    static func render(_ families: [String: Metrics.Family]) -> String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(escaped(family.help, quotes: false))\n"
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, instrument) in family.series.sorted(by: { $0.key < $1.key }) {
                append(instrument, named: name, labels: labels, to: &text)
            }
        }
        return text
    }

    private static func append(
        _ instrument: Metrics.Instrument,
        named name: String,
        labels: Metrics.Labels,
        to text: inout String
    ) {
        let pairs = labels.pairs.map { ($0.name, $0.value) }
        switch instrument {
        case .counter(let counter):
            text += "\(name)\(braces(pairs)) \(counter.value)\n"
        case .gauge(let gauge):
            text += "\(name)\(braces(pairs)) \(number(gauge.value))\n"
        case .read(let read):
            text += "\(name)\(braces(pairs)) \(number(read()))\n"
        case .histogram(let histogram):
            let totals = histogram.snapshot()
            var cumulative = 0
            for (bound, count) in zip(histogram.bounds + [.infinity], totals.counts) {
                cumulative += count
                text += "\(name)_bucket\(braces(pairs + [("le", number(bound))])) \(cumulative)\n"
            }
            text += "\(name)_sum\(braces(pairs)) \(number(totals.sum))\n"
            text += "\(name)_count\(braces(pairs)) \(cumulative)\n"
        }
    }

    private static func braces(_ pairs: [(String, String)]) -> String {
        guard !pairs.isEmpty else { return "" }
        return "{" + pairs.map { "\($0)=\"\(escaped($1, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.append(character)
            }
        }
        return escaped
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return value.description
    }
}
