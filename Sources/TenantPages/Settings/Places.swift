import Foundation

/// The places a tenant can choose from.
enum Places {
    /// Where companies are whose telephone numbers are read as people write them there.
    static let regions = ["AT", "DE", "CH", "LI"]

    /// Where calls may be handed over to.
    static let countries = [
        "AT", "DE", "CH", "LI", "BE", "BG", "CZ", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT",
        "LT", "LU", "LV", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "US",
    ]

    static let usualZones = ["Europe/Vienna", "Europe/Berlin", "Europe/Zurich"]

    /// The other zones that are named after a place, in the order of their names.
    static let otherZones = TimeZone.knownTimeZoneIdentifiers.filter { name in
        name.contains("/") && !name.hasPrefix("Etc/") && !name.hasPrefix("SystemV/") && !usualZones.contains(name)
    }.sorted()
}
