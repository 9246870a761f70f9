package import Foundation
package import Kernel

/// A request that got the one answer for everything that is not visible (decision 3).
package struct DeniedRequest: Sendable, Hashable {
    /// What the request was about, by the words of routes.
    package enum ObjectKind: String, Sendable, Hashable, CaseIterable {
        /// The page itself: no single object was asked for.
        case page
        case call
        case flow
        case flowVersion = "flow_version"
        /// By the id of its ownership, or by the number in E.164 form.
        case number
        /// By the person's id.
        case member
        case invitation
        case key
        case supportAccess = "support_access"
        case tenant
    }

    package let at: Date
    /// Nil for a key of the API.
    package let person: PersonID?
    /// The tenant in whose name it was asked; nil if there was none.
    package let tenant: TenantID?
    /// The pattern of the route, never the path.
    package let route: String
    package let kind: ObjectKind
    /// The id in the path, as it came; empty for a page.
    package let object: String

    /// What is not a letter, digit or one of `+-_.` is left out, and what is too long is cut: the words are a stranger's.
    package init(at: Date, person: PersonID?, tenant: TenantID?, route: String, kind: ObjectKind, object: String) {
        self.at = at
        self.person = person
        self.tenant = tenant
        self.route = String(route.unicodeScalars.prefix(200))
        self.kind = kind
        self.object = String(String.UnicodeScalarView(object.unicodeScalars.filter(Self.isPlain).prefix(100)))
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "+", "-", "_", ".": true
        default: false
        }
    }
}

/// Why it was denied, as it is found afterwards.
package enum DenialReason: String, Sendable, Hashable, CaseIterable {
    /// The object is another tenant's.
    case foreign
    case nonexistent
    /// The object is there and the tenant's own; the role was not enough.
    case role
    /// Whoever asked stood nowhere.
    case noTenant = "no_tenant"
}
