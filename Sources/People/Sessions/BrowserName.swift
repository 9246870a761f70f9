package import Localization

/// What a browser says of itself, in two words. It is told, not proven: it helps an owner recognise a session.
package struct BrowserName: Sendable, Hashable {
    /// Nil if it is none we know.
    package let browser: String?
    /// Nil if it is none we know.
    package let system: String?

    package init(userAgent: String) {
        browser = Self.browsers.first { userAgent.contains($0.mark) }?.name
        system = Self.systems.first { userAgent.contains($0.mark) }?.name
    }

    /// „Chrome auf Windows“.
    package func text(_ catalog: Catalog, _ language: Language) -> String {
        switch (browser, system) {
        case (let browser?, let system?):
            catalog.text("people.browser_on_system", language, ["browser": browser, "system": system])
        case (let browser?, nil): browser
        case (nil, let system?): catalog.text("people.browser_unknown_on_system", language, ["system": system])
        case (nil, nil): catalog.text("people.browser_unknown", language)
        }
    }

    /// The first that fits: most pretend to be Chrome or Safari as well.
    private static let browsers: [(mark: String, name: String)] = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"),
        ("SamsungBrowser/", "Samsung Internet"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]

    /// iPads and phones before the desktops they resemble.
    private static let systems: [(mark: String, name: String)] = [
        ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
        ("Macintosh", "macOS"), ("Linux", "Linux"),
    ]
}
