package import Kernel

/// Where an act came from.
package struct RequestOrigin: Sendable, Hashable {
    /// Nil on a Unix socket.
    package let address: ClientAddress?
    /// At most 200 characters of what the browser says of itself.
    package let userAgent: String
    package let requestID: String?

    package init(address: ClientAddress?, userAgent: String, requestID: String?) {
        self.address = address
        self.userAgent = String(userAgent.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200))
        self.requestID = requestID
    }

    /// The network the request came from, cut to /24 or /48; empty if it is not known.
    package var addressPrefix: String { address?.networkPrefix ?? "" }
}
