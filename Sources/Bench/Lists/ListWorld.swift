import Foundation

/// A tenant's size and who looks at its lists: made by `bin/bench` beside the rows themselves.
struct ListTenant: Decodable, Sendable {
    let calls: Int
    /// The token of a session of its owner.
    let session: String
    let key: String
    /// One of its flows.
    let flow: String
    /// A time at which nine of ten of its calls had not begun yet, as the API spells it.
    let deep: String
}

struct ListWorld: Decodable, Sendable {
    let small: ListTenant
    let large: ListTenant

    init(file: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }
}
