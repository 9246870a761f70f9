/// Where the carrier's REST interface is reached.
package struct TwilioAPIBase: Sendable, Equatable {
    package enum Invalid: String, Error, Sendable {
        /// A region alone would be served by the wrong edge: its host name needs both.
        case regionWithoutEdge = "twilio_region_without_edge"
        case malformedName = "twilio_region_or_edge_malformed"
        case malformedURL = "twilio_api_base_malformed"
        case urlWithRegion = "twilio_api_base_with_region_or_edge"
    }

    /// Scheme and host, and the port if it is not the usual one; no slash at the end.
    package let url: String

    /// - Parameters:
    ///   - override: `https://host` or `http://host`, used instead of the carrier's own host.
    ///   - region: where the account's data live, for example `ie1`; nil for `us1`.
    ///   - edge: where we enter the carrier's network, for example `dublin`.
    package init(override: String?, region: String?, edge: String?) throws(Invalid) {
        if let override {
            guard region == nil, edge == nil else { throw .urlWithRegion }
            self = try Self(override)
            return
        }
        if region != nil, edge == nil { throw .regionWithoutEdge }
        guard let edge else {
            url = "https://api.twilio.com"
            return
        }
        let region = region ?? "us1"
        guard Self.isLabel(region), Self.isLabel(edge) else { throw .malformedName }
        url = "https://api.\(edge).\(region).twilio.com"
    }

    private init(_ override: String) throws(Invalid) {
        let trimmed = override.hasSuffix("/") ? String(override.dropLast()) : override
        guard let scheme = ["https://", "http://"].first(where: trimmed.hasPrefix) else { throw .malformedURL }
        let host = trimmed.dropFirst(scheme.count)
        guard !host.isEmpty, !host.contains(where: { "/?#@".contains($0) || $0.isWhitespace }) else {
            throw .malformedURL
        }
        url = trimmed
    }

    private static func isLabel(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
