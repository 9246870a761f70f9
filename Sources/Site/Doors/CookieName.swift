/// The cookies there are; over HTTPS their names carry the `__Host-` prefix.
package enum CookieName {
    /// The session's token.
    package static let session = "va_session"
    /// Knows that a person has signed in with this browser before.
    package static let device = "va_device"
    package static let language = "va_language"
    package static let theme = "va_theme"
    /// One message for the next page.
    package static let flash = "va_flash"
    /// Holds together the two halves of a passkey ceremony.
    package static let ceremony = "va_ceremony"
}
