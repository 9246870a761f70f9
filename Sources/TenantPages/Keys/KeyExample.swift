import Tenants

/// A command that tries a key out, with something it may really do.
struct KeyExample {
    private let address: String

    /// - Parameter origin: where the product is reached, without a path.
    init(_ scopes: [Permission], origin: String) {
        let paths: [(Permission, String)] = [
            (.callsRead, "calls"), (.transcriptsRead, "calls"), (.numbersRead, "numbers"), (.numbersAssign, "numbers"),
            (.numbersWrite, "numbers"), (.membersRead, "members"), (.auditRead, "audit"),
        ]
        let path = paths.first { scopes.contains($0.0) }?.1 ?? "calls"
        address = "\(origin)/api/v1/\(path)"
    }

    func command(key: String) -> String { "curl -H \"Authorization: Bearer \(key)\" \(address)" }
}
