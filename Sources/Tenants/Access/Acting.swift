package import Audit
package import Kernel
package import People

/// Who does something in a tenant. What they may is read in the transaction that does it, not believed.
package struct Acting: Sendable, Hashable {
    package enum Authority: Sendable, Hashable {
        /// A member of the tenant, with whatever role they have at that moment.
        case member(PersonID)
        /// The operator, by the stable name of the login.
        case platform(String)
    }

    package let authority: Authority
    /// What mails call them.
    package let name: String
    package let origin: RequestOrigin?

    package init(_ authority: Authority, name: String, origin: RequestOrigin? = nil) {
        self.authority = authority
        self.name = name
        self.origin = origin
    }

    package init(_ visitor: Visitor, from origin: RequestOrigin) {
        self.init(.member(visitor.person.id), name: visitor.person.name, origin: origin)
    }

    var person: PersonID? {
        if case .member(let person) = authority { person } else { nil }
    }

    package var auditActor: AuditActor {
        switch authority {
        case .member(let person): AuditActor(.person, "\(person)", addressPrefix: origin?.address?.networkPrefix)
        case .platform(let login): AuditActor(.operator, login, addressPrefix: origin?.address?.networkPrefix)
        }
    }
}
