package import HTTPTypes

/// One address of the server: what may be asked there, by whom, and how much may be sent along.
///
/// The handlers are bound elsewhere (`RouteBook`), so that the whole surface can be printed and judged without a
/// database or a setting.
package struct Endpoint: Sendable, Hashable {
    package let method: HTTPRequest.Method
    /// Segments after `/`; one that begins with `:` is a parameter.
    package let path: String
    /// Who is meant to ask, and what proves it.
    package let access: Access
    /// The largest body that is read, in bytes; a larger one is answered with 413 before anything else is done.
    package let bodyLimit: Int
    /// Whether the address speaks WebSocket. A plain request to it is answered with 426.
    package let isSocket: Bool
    /// The label of its metrics: a word for a group of endpoints.
    package let kind: String
    /// What happens there, in a few words for whoever reads the table.
    package let purpose: String

    package init(
        _ method: HTTPRequest.Method,
        _ path: String,
        access: Access,
        bodyLimit: Int = 0,
        isSocket: Bool = false,
        kind: String,
        _ purpose: String
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.bodyLimit = bodyLimit
        self.isSocket = isSocket
        self.kind = kind
        self.purpose = purpose
    }

    /// Whether `path`, without a query, is an address of this endpoint.
    func matches(path: String) -> Bool {
        let wanted = self.path.split(separator: "/", omittingEmptySubsequences: true)
        let given = path.split(separator: "/", omittingEmptySubsequences: true)
        return wanted.count == given.count && zip(wanted, given).allSatisfy { $0 == $1 || $0.hasPrefix(":") }
    }
}
