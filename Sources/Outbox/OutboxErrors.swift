/// Why a mail was not put into the queue. Each is a mistake of the program that posts it, apart from the address.
package enum OutboxError: Error, Sendable, Equatable {
    /// The address is none; `code` says why.
    case address(code: String)
    /// An argument is missing, is one the kind does not know, or is too long.
    case arguments(names: [String])
    /// The link is no `https` address.
    case link

    /// A stable code for logs.
    package var code: String {
        switch self {
        case .address(let code): code
        case .arguments: "outbox_arguments"
        case .link: "outbox_link"
        }
    }
}
