import Foundation
import Kernel

/// The addresses at which the carrier reaches us, all below the configured public one.
package struct TelephonyAddresses: Sendable {
    /// Scheme, host and port, without a slash at the end.
    private let base: String

    /// Nil unless `publicBaseURL` is an address of the web without a path, query or fragment.
    package init?(publicBaseURL: String) {
        guard let components = URLComponents(string: publicBaseURL), let scheme = components.scheme?.lowercased(),
            scheme == "https" || scheme == "http", components.host?.isEmpty == false,
            components.path.isEmpty || components.path == "/", components.query == nil, components.fragment == nil,
            components.user == nil, components.password == nil
        else { return nil }
        base = publicBaseURL.hasSuffix("/") ? String(publicBaseURL.dropLast()) : publicBaseURL
    }

    /// The URL as the carrier signed it.
    ///
    /// - Parameter target: path and query byte for byte.
    func signed(_ target: String) -> String { base + target }

    func url(_ endpoint: Endpoint) -> String { base + endpoint.path }

    /// An address that names the caller's call; the signature covers it like everything else.
    func url(_ endpoint: Endpoint, call: CallSid) -> String { "\(base)\(endpoint.path)?call=\(call.value)" }

    /// Where the carrier asks what to do with a new call.
    package var voice: String { url(.voice) }

    /// Where the carrier reports what became of a call.
    package var status: String { url(.callStatus) }

    /// Where the carrier asks what to do with a call when another address has failed.
    package var fallback: String { url(.voiceFallback) }

    /// Whether an address of ours, at whichever of our hosts, is that of the endpoint.
    static func leads(_ url: String?, to endpoint: Endpoint) -> Bool {
        guard let path = url.flatMap({ URLComponents(string: $0)?.path }) else { return false }
        return endpoint.matches(path: path)
    }

    /// Which call such an address names.
    static func call(in request: IncomingRequest) -> CallSid? {
        guard let query = request.query, query.hasPrefix("call=") else { return nil }
        return CallSid(String(query.dropFirst("call=".count)))
    }

    /// The media stream's address: the same host and port, by WebSocket.
    package var media: String {
        let rest = base.drop { $0 != ":" }
        return (base.lowercased().hasPrefix("https") ? "wss" : "ws") + rest + Endpoint.media.path
    }
}
