package import Kernel
package import Localization

/// A mail that is to be written and sent, as whoever causes it knows it.
package struct OutgoingMail: Sendable {
    package let kind: MailKind
    /// `local@domain`; posting refuses what is no address.
    package let to: String
    /// What the greeting calls the person; empty if that is not known.
    package let name: String
    package let language: Language
    /// Exactly those of `MailKind.arguments`.
    package let arguments: [String: String]
    /// The tenant whose affairs caused it, for whoever looks into the queue; nil if there is none.
    package let onBehalfOf: TenantID?

    package init(
        kind: MailKind,
        to: String,
        name: String,
        language: Language,
        arguments: [String: String],
        onBehalfOf: TenantID? = nil
    ) {
        self.kind = kind
        self.to = to
        self.name = name
        self.language = language
        self.arguments = arguments
        self.onBehalfOf = onBehalfOf
    }
}
