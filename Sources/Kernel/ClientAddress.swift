import Foundation

/// The network address a request came from, in one spelling, so that one client has one key (requirement E2).
///
/// An IPv4 address that is written as IPv6 (`::ffff:1.2.3.4`) is the IPv4 address, decided by the bits and not by the
/// notation. Addresses with a zone, a port, brackets or spaces are refused: they are not what a peer is known by.
package struct ClientAddress: Hashable, Sendable {
    package enum Family: Sendable {
        case v4
        case v6
    }

    package let family: Family
    /// Four or sixteen bytes in network order.
    package let bytes: [UInt8]

    /// Nil unless `text` is an address and nothing else. IPv4 needs four decimal parts without leading zeros.
    package init?(_ text: String) {
        guard (2...45).contains(text.utf8.count), text.utf8.allSatisfy(Self.isPartOfAddress) else { return nil }
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            family = .v4
            bytes = withUnsafeBytes(of: v4) { Array($0) }
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let sixteen = withUnsafeBytes(of: v6) { Array($0) }
        if sixteen[..<10].allSatisfy({ $0 == 0 }), sixteen[10] == 0xff, sixteen[11] == 0xff {
            family = .v4
            bytes = Array(sixteen[12...])
        } else {
            family = .v6
            bytes = sixteen
        }
    }

    private static func isPartOfAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// The names of the buckets this address counts into, narrowest first: the address itself for IPv4; the /64, /56
    /// and /48 networks for IPv6, because one customer usually holds a whole network.
    package var buckets: [String] {
        switch family {
        case .v4: ["4/32:" + bytes.map(String.init).joined(separator: ".")]
        case .v6: [64, 56, 48].map { "6/\($0):" + Self.hex(bytes.prefix($0 / 8)) }
        }
    }

    /// What a log line or an audit entry may show: the network, not the host.
    package var networkPrefix: String {
        switch family {
        case .v4: bytes.prefix(3).map(String.init).joined(separator: ".") + ".0/24"
        case .v6:
            stride(from: 0, to: 6, by: 2)
                .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
                .joined(separator: ":") + "::/48"
        }
    }

    package var isLoopback: Bool {
        switch family {
        case .v4: bytes[0] == 127
        case .v6: bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
        }
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The client behind `trustedProxies` proxies of ours, each of which appended its own peer to `X-Forwarded-For`.
    ///
    /// Whatever the client itself put into the header stands further left and is never looked at. A chain that is
    /// shorter than it should be, or has no address at that place, did not come through the proxies: the peer counts
    /// (requirement E3).
    /// - Parameter forwardedFor: the values of the header's fields in their order.
    package static func client(peer: Self, forwardedFor: [String], trustedProxies: Int) -> Self {
        guard trustedProxies > 0 else { return peer }
        let chain = forwardedFor.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard chain.count >= trustedProxies else { return peer }
        let claimed = chain[chain.count - trustedProxies].trimmingCharacters(in: .whitespaces)
        return Self(claimed) ?? peer
    }
}

extension ClientAddress: CustomStringConvertible {
    /// The network only: an address is personal data.
    package var description: String { networkPrefix }
}
