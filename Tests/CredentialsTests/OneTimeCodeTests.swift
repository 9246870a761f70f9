import Foundation
import Testing

@testable import Credentials

@Suite("One-time codes (B5)")
struct OneTimeCodeTests {
    /// The secret of RFC 6238, appendix B.
    private let code = OneTimeCode(TOTPSecret(bytes: Data("12345678901234567890".utf8)))

    // The last six digits of the eight there.
    @Test(
        "B5: the vectors of RFC 6238",
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ]
    )
    func vectors(seconds: Int64, digits: String) {
        let date = Date(timeIntervalSince1970: Double(seconds))
        #expect(code.text(step: OneTimeCode.step(at: date)) == digits)
        #expect(code.step(matching: digits, at: date) == seconds / 30)
    }

    @Test("B5: a code is right one step early and one late, and names its own step each time")
    func drift() {
        let step: Int64 = 37_037_036
        let digits = code.text(step: step)
        for offset in -3...3 {
            let date = Date(timeIntervalSince1970: Double((step + Int64(offset)) * 30))
            #expect(code.step(matching: digits, at: date) == (abs(offset) <= 1 ? step : nil))
            #expect(code.step(matching: digits, at: date, drift: 0) == (offset == 0 ? step : nil))
        }
        #expect(code.step(matching: digits, at: Date(timeIntervalSince1970: Double(step * 30) + 29.999)) == step)
    }

    @Test("B5: a caller who keeps the last step refuses the same code twice")
    func replay() throws {
        let date = Date(timeIntervalSince1970: 1_234_567_890)
        var lastStep: Int64 = 0
        let first = try #require(code.step(matching: "005924", at: date))
        #expect(first > lastStep)
        lastStep = first
        let second = try #require(code.step(matching: "005924", at: date.addingTimeInterval(20)))
        #expect(second <= lastStep)
    }

    @Test(arguments: ["005 924", " 005924 ", "0 0 5 9 2 4"])
    func spacesDoNotMatter(typed: String) {
        #expect(code.step(matching: typed, at: Date(timeIntervalSince1970: 1_234_567_890)) == 41_152_263)
    }

    @Test(arguments: ["", "5924", "05924", "0059240", "005925", "OO5924", "٠٠٥٩٢٤", "005924\u{0}"])
    func otherCodesAreWrong(typed: String) {
        #expect(code.step(matching: typed, at: Date(timeIntervalSince1970: 1_234_567_890)) == nil)
    }

    @Test func noStepIsBeforeTheBeginning() {
        #expect(code.step(matching: code.text(step: 0), at: Date(timeIntervalSince1970: 0)) == 0)
        #expect(code.step(matching: code.text(step: -1), at: Date(timeIntervalSince1970: 0)) == nil)
    }

    @Test func secretsAreRandomAndReadBack() throws {
        let secret = TOTPSecret()
        #expect(secret.reveal().utf8.count == 32)
        #expect(try #require(TOTPSecret(secret.reveal())).bytes == secret.bytes)
        #expect(secret.bytes != TOTPSecret().bytes)
        #expect(TOTPSecret(secret.reveal() + "AA") == nil)
        #expect(TOTPSecret(String(secret.reveal().dropLast())) == nil)
        #expect(!"\(secret)\(String(reflecting: secret))".contains(secret.reveal()))
    }

    @Test func theURLNamesIssuerAndAccount() throws {
        let secret = TOTPSecret(bytes: Data("12345678901234567890".utf8))
        let text = secret.url(issuer: "Voice Agent & Söhne", account: "anna:1@example.org")
        #expect(
            text == "otpauth://totp/Voice%20Agent%20%26%20S%C3%B6hne:anna%3A1%40example.org"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Voice%20Agent%20%26%20S%C3%B6hne"
                + "&algorithm=SHA1&digits=6&period=30"
        )
        #expect(try #require(URL(string: text)).host() == "totp")
    }
}
