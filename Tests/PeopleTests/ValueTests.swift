import Credentials
import Foundation
import Kernel
import Localization
import TestSupport
import Testing

@testable import People

@Suite struct ValueTests {
    @Test(
        "an address is known in one spelling",
        arguments: [
            ("Anna@Example.AT", "anna@example.at"), (" anna@example.at\n", "anna@example.at"),
            ("ÄNNE@example.at", "änne@example.at"), ("anna", nil), ("@example.at", nil), ("anna@", nil),
            ("a@b@c", nil), ("an na@example.at", nil), ("anna@exa\u{7}mple.at", nil), ("", nil),
        ] as [(String, String?)]
    )
    func email(typed: String, expected: String?) {
        #expect(EmailAddress(typed)?.value == expected)
    }

    @Test("an address has at most 254 bytes")
    func longEmail() {
        let domain = "@example.at"
        #expect(EmailAddress(String(repeating: "a", count: 254 - domain.count) + domain) != nil)
        #expect(EmailAddress(String(repeating: "a", count: 255 - domain.count) + domain) == nil)
    }

    @Test(
        "a name is plain text of 1 to 120 characters",
        arguments: [
            ("  Anna   Müller-Lüdenscheidt ", "Anna Müller-Lüdenscheidt"), ("", nil), ("   ", nil),
            ("Anna\u{202E}", nil), ("A\u{0}", nil), (String(repeating: "x", count: 121), nil), ("李", "李"),
        ] as [(String, String?)]
    )
    func name(typed: String, expected: String?) {
        #expect(PersonName.parse(typed) == expected)
    }

    @Test(
        "a browser is named as it calls itself, or honestly not at all",
        arguments: [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
                "Chrome auf Windows"
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36 Edg/139.0",
                "Edge auf Windows"
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari auf macOS"
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/139.0 Mobile/15E148 Safari/604.1",
                "Chrome auf iOS"
            ),
            ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox auf Android"),
            ("curl/8.14", "curl"), ("etwas auf Linux", "Unbekannter Browser auf Linux"), ("", "Unbekannter Browser"),
        ]
    )
    func browser(userAgent: String, expected: String) throws {
        let catalog = try Catalog.load(resources: RepositoryFolder.root.appending(path: "Resources"))
        #expect(BrowserName(userAgent: userAgent).text(catalog, .de) == expected)
    }

    @Test("every refusal has a text in both languages")
    func texts() throws {
        let catalog = try Catalog.load(resources: RepositoryFolder.root.appending(path: "Resources"))
        let keys = AccountRefusal.allCases.map(\.key) + PasswordRefusal.allCases.map(\.key)
        for language in Language.allCases {
            for key in keys { #expect(catalog.message(key, language) != nil, "\(key)") }
        }
    }

    @Test("what a browser says of itself is cut and cannot control a terminal")
    func userAgent() {
        let origin = RequestOrigin(
            address: ClientAddress("2001:db8:1:2::3"),
            userAgent: "\u{1B}[31m" + String(repeating: "x", count: 300),
            requestID: nil
        )
        #expect(origin.userAgent.count == 200)
        #expect(!origin.userAgent.contains("\u{1B}"))
        #expect(origin.addressPrefix == "2001:db8:1::/48")
    }
}
