package import Kernel
package import Localization

/// Somebody who can sign in. A person belongs to no tenant; memberships say where they may work.
package struct Person: Sendable, Hashable {
    package let id: PersonID
    /// Lower-case.
    package let email: String
    package let name: String
    package let language: Language
    package let theme: Theme

    package init(id: PersonID, email: String, name: String, language: Language, theme: Theme) {
        self.id = id
        self.email = email
        self.name = name
        self.language = language
        self.theme = theme
    }
}

/// How pages look to a person.
package enum Theme: String, Sendable, Hashable, CaseIterable {
    /// As the person's device does.
    case system
    case light
    case dark
}

/// What a person is for the platform (decision 31).
package enum PlatformRole: String, Sendable, Hashable, CaseIterable {
    /// Tenants, numbers, money; no content.
    case `operator`
    /// Content, only while looking into a tenant with a reason.
    case support
}

/// How far a session has come.
package enum SessionLevel: String, Sendable, Hashable {
    /// The password was right; the second factor is still asked for, and nothing else is served.
    case password
    case full
}
