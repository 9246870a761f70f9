package import Audit
package import Foundation
package import Kernel

/// A tenant as the acts of the operator find it.
package struct TenantStanding: Sendable, Hashable {
    package let tenant: Tenant
    /// Nil while nobody has asked for its end.
    package let closing: TenantClosing?
    /// Calls that are going on now.
    package let runningCalls: Int

    package init(tenant: Tenant, closing: TenantClosing?, runningCalls: Int) {
        self.tenant = tenant
        self.closing = closing
        self.runningCalls = runningCalls
    }
}

/// Everything the operator sees of one tenant.
package struct TenantDetail: Sendable {
    /// The most entries of each list in it.
    package static let shown = 20

    package let standing: TenantStanding
    package let line: TenantLine
    /// By number; at most `shown`, while `line.numbers` counts all.
    package let numbers: [Number]
    /// By name.
    package let owners: [Owner]
    /// The newest first.
    package let accesses: [SupportAccess]
    /// The newest first.
    package let history: [Event]

    package struct Number: Sendable, Hashable {
        package let e164: E164
        package let since: Date

        package init(e164: E164, since: Date) {
            self.e164 = e164
            self.since = since
        }
    }

    package struct Owner: Sendable, Hashable {
        package let person: PersonID
        package let name: String
        package let email: String
        package let isDisabled: Bool

        package init(person: PersonID, name: String, email: String, isDisabled: Bool) {
            self.person = person
            self.name = name
            self.email = email
            self.isDisabled = isDisabled
        }
    }

    /// A line of the tenant's chain about the tenant itself, its people, numbers and looks into it.
    package struct Event: Sendable, Hashable {
        package let at: Date
        package let action: String
        package let actor: AuditActor.Kind
        /// Of a person who is still known.
        package let actorName: String?
        package let reason: String?

        package init(at: Date, action: String, actor: AuditActor.Kind, actorName: String?, reason: String?) {
            self.at = at
            self.action = action
            self.actor = actor
            self.actorName = actorName
            self.reason = reason
        }
    }

    package init(
        standing: TenantStanding,
        line: TenantLine,
        numbers: [Number],
        owners: [Owner],
        accesses: [SupportAccess],
        history: [Event]
    ) {
        self.standing = standing
        self.line = line
        self.numbers = numbers
        self.owners = owners
        self.accesses = accesses
        self.history = history
    }
}

/// Names behind ids, and who works for the platform.
package struct PlatformNames: Sendable, Hashable {
    package let people: [PersonID: String]
    package let tenants: [TenantID: String]
    /// By name.
    package let staff: [Colleague]

    package struct Colleague: Sendable, Hashable {
        package let person: PersonID
        package let name: String

        package init(person: PersonID, name: String) {
            self.person = person
            self.name = name
        }
    }

    package init(people: [PersonID: String], tenants: [TenantID: String], staff: [Colleague]) {
        self.people = people
        self.tenants = tenants
        self.staff = staff
    }
}
