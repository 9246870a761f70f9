/// The mails this product writes, by the names under which rows and texts know them.
package enum MailKind: String, Sendable, Hashable, CaseIterable {
    /// To a person whom a tenant wants to have: names, role and a link that is good once.
    case invitation
    /// To a person who shall work for the platform itself.
    case staffInvitation = "staff_invitation"
    /// To a person who forgot the password: a link that is good once.
    case passwordReset = "password_reset"
    case passwordChanged = "password_changed"
    /// To the new address, which becomes the person's by the link.
    case emailChange = "email_change"
    /// To the old address, which is the person's no more.
    case emailChanged = "email_changed"
    case secondFactorChanged = "second_factor_changed"
    /// To a person whose second factors the operator took away.
    case secondFactorsReset = "second_factors_reset"
    /// From a browser that was not seen before.
    case newSignIn = "new_sign_in"
    case roleChanged = "role_changed"
    case memberRemoved = "member_removed"
    /// To the owners of a tenant that the platform's support looks into.
    case supportAccessStarted = "support_access_started"
    /// To the owners of a tenant that will be closed.
    case tenantClosing = "tenant_closing"
    /// To the owners of a tenant for which a key was made.
    case apiKeyCreated = "api_key_created"

    /// What the texts of this kind want to be told, in the language of the mail.
    ///
    /// | name | what it is |
    /// | --- | --- |
    /// | `link` | an `https` address (`http` on the loopback interface) |
    /// | `tenant`, `key`, `new_address`, `device`, `reason` | text, shown as it is |
    /// | `inviter`, `actor`, `operator` | the name of a person |
    /// | `role` | the code of a role, a key `role_<code>` of the texts |
    /// | `change` | a key `change_<code>` of the texts |
    /// | `hours`, `minutes`, `days` | a whole number, at least 1 |
    /// | `date` | a day as the language writes it |
    package var arguments: Set<String> {
        switch self {
        case .invitation: ["tenant", "inviter", "role", "days", "link"]
        case .staffInvitation: ["role", "days", "link"]
        case .passwordReset: ["minutes", "link"]
        case .passwordChanged: ["link"]
        case .emailChange: ["new_address", "hours", "link"]
        case .emailChanged: ["new_address"]
        case .secondFactorChanged: ["change", "link"]
        case .secondFactorsReset: ["link"]
        case .newSignIn: ["device", "link"]
        case .roleChanged: ["tenant", "role", "actor"]
        case .memberRemoved: ["tenant"]
        case .supportAccessStarted: ["tenant", "operator", "reason", "minutes", "link"]
        case .tenantClosing: ["tenant", "date", "link"]
        case .apiKeyCreated: ["tenant", "key", "actor", "link"]
        }
    }
}
