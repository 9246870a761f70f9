import Foundation
package import Twilio

/// What the carrier does with calls of a number.
package enum CarrierRoute: Sendable, Hashable {
    package enum Destination: Sendable, Hashable {
        /// No address is set.
        case nowhere
        /// Our address, but asked with another method, which we refuse.
        case wrongMethod
        /// Only its host: what follows may hold a secret of somebody's.
        case host(String)
        case application(sid: String)
        case trunk(sid: String)
    }

    /// They come to us.
    case ours
    /// They come to us, and nobody is asked if we do not answer.
    case withoutFallback
    case elsewhere(Destination)

    /// A code for the audit trail.
    package var code: String {
        switch self {
        case .ours: "ours"
        case .withoutFallback: "without_fallback"
        case .elsewhere(.nowhere): "nowhere"
        case .elsewhere(.wrongMethod): "wrong_method"
        case .elsewhere(.host(let host)): host
        case .elsewhere(.application(let sid)): sid
        case .elsewhere(.trunk(let sid)): sid
        }
    }

    /// Holds what the carrier has against our own addresses.
    ///
    /// Processes may have addresses of their own. A number whose calls go to the same path of another host, with us to be
    /// asked when nobody answers there, is one of another process of ours.
    package init(_ number: IncomingNumber, ours: VoiceAddresses) {
        self = number.override == nil ? Self.addressed(number, ours) : CarrierRoute(number.override)
    }

    /// Where it is not known which addresses are ours: everything is that goes to an address.
    package init(_ override: IncomingNumber.Override?) {
        switch override {
        case .trunk(let sid): self = .elsewhere(.trunk(sid: sid))
        case .application(let sid): self = .elsewhere(.application(sid: sid))
        case nil: self = .ours
        }
    }

    private static func addressed(_ number: IncomingNumber, _ ours: VoiceAddresses) -> CarrierRoute {
        guard let voice = number.voiceURL else { return .elsewhere(.nowhere) }
        let isOwn = Place(voice) == Place(ours.voice)
        let isSisters =
            hasPath(of: ours.voice, voice) && number.voiceFallbackURL.map(Place.init) == Place(ours.fallback)
        guard isOwn || isSisters else {
            return .elsewhere(.host(URLComponents(string: voice)?.host ?? "?"))
        }
        guard number.voiceMethod == nil || number.voiceMethod == "POST" else { return .elsewhere(.wrongMethod) }
        return hasPath(of: ours.fallback, number.voiceFallbackURL) ? .ours : .withoutFallback
    }

    /// Whether `url` is the same as ours but for the host.
    package static func hasPath(of ours: String, _ url: String?) -> Bool {
        guard let path = url.flatMap({ Place($0) })?.path else { return false }
        return path == Place(ours)?.path
    }

    /// An address, as two spellings of the same are equal.
    private struct Place: Equatable {
        let scheme: String
        let host: String
        let port: Int
        let path: String

        init?(_ url: String) {
            guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
                let host = parts.host?.lowercased()
            else { return nil }
            self.scheme = scheme
            self.host = host
            port = parts.port ?? (scheme == "https" ? 443 : 80)
            path = parts.path + (parts.query.map { "?" + $0 } ?? "")
        }
    }
}
