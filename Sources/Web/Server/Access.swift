package import Tenants

/// Who may ask at an endpoint, and what proves it. Every line of the table names it; the checks and the tests of the
/// doors are made from it (requirement B8).
package enum Access: Sendable, Hashable {
    /// Anybody; nothing of any tenant is in the answer.
    case anyone
    /// The telephone carrier, proven by its signature.
    case carrier
    /// Anybody with a browser: signing in, invitations, forgotten passwords. A session is used if there is one.
    case guest
    /// A person whose password was right and who has not shown the second factor yet.
    case enteringPerson
    /// A signed-in person, wherever they stand.
    case person
    /// A person who stands in a tenant and has the permission there.
    case tenant(Permission)
    /// One of the platform's people who has the permission.
    case platform(Permission)
    /// A tenant's program with a key that has the scope.
    case apiKey(Permission)

    /// In one word, for the table.
    package var label: String {
        switch self {
        case .anyone: "anyone"
        case .carrier: "carrier"
        case .guest: "guest"
        case .enteringPerson: "entering"
        case .person: "person"
        case .tenant(let permission): permission.rawValue
        case .platform(let permission): permission.rawValue
        case .apiKey(let permission): "key:\(permission.rawValue)"
        }
    }

    /// Whether the answer is a page for a browser, and refusals are pages too.
    package var isPage: Bool {
        switch self {
        case .guest, .enteringPerson, .person, .tenant, .platform: true
        case .anyone, .carrier, .apiKey: false
        }
    }
}
