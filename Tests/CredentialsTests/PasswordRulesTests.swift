import Foundation
import TestSupport
import Testing

@testable import Credentials

@Suite("New passwords (B2)")
struct PasswordRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let password: String
        let refusal: PasswordRefusal?
        var testDescription: String { String(password.prefix(40)) }

        init(_ password: String, _ refusal: PasswordRefusal?) {
            self.password = password
            self.refusal = refusal
        }
    }

    private static let file = RepositoryFolder.resources.appending(path: "passwords/common.txt")
    private static let context = ["anna.mueller", "Anna Müller", "Autohaus Schröder GmbH"]

    static let cases = [
        // Length, in characters as people count them, nothing trimmed or cut.
        Case("", .tooShort),
        Case("kurz#7!", .tooShort),
        Case("kürz#7!", .tooShort),
        Case("   7   ", .tooShort),
        Case("kürz#7!x", nil),
        Case("       7", nil),
        Case("😀🚗🌳🎈☎️🧵🪑", nil),
        Case(String(repeating: "ab cd7!x", count: 8), nil),
        Case(String(repeating: "ab cd7!x", count: 16), nil),
        Case(String(repeating: "ab cd7!x", count: 16) + "y", .tooLong),
        Case(String(repeating: "👩‍👩‍👧‍👦", count: 18), nil),
        Case("a" + String(repeating: "\u{0301}", count: 2_000), .tooLong),
        // No rules of composition.
        Case("nurkleinebuchstabenhier", nil),
        Case("83920174659", nil),
        Case("drei zahme ziegen", nil),
        Case("пароль от двери", nil),
        // What many chose.
        Case("12345678", .common),
        Case("Password1", .common),
        Case("PASSWORT123", .common),
        Case("Qwertz123", .common),
        Case("sommer2026!", .common),
        Case("iloveyou", .common),
        // One character.
        Case("........", .singleCharacter),
        Case("aAaAaAaAaA", .singleCharacter),
        // Names of those involved.
        Case("VoiceAgent2026!", .contextWord),
        Case("annamueller99", .contextWord),
        Case("Anna-Müller-1", .contextWord),
        Case("ANNA.MÜLLER", .contextWord),
        Case("schroeder!GmbH", .contextWord),
        Case("Autohaus#4711", .contextWord),
        Case("Anna kauft 3 rote Eimer", nil),
        Case("voiceagent nimmt jeden anruf an", nil),
    ]

    @Test("B2: a table of new passwords", arguments: cases)
    func table(example: Case) throws {
        let rules = PasswordRules(common: try CommonPasswords.load(file: Self.file))
        #expect(rules.judge(Password(example.password), context: Self.context) == example.refusal)
    }

    @Test("B2: without names only the product's is refused")
    func noContext() throws {
        let rules = PasswordRules(common: try CommonPasswords.load(file: Self.file))
        #expect(rules.judge(Password("annamueller99"), context: []) == nil)
        #expect(rules.judge(Password("annamueller99"), context: ["", "--", "a", "üb"]) == nil)
        #expect(rules.judge(Password("voice-agent-1"), context: []) == nil)
        #expect(rules.judge(Password("1voiceagent1"), context: []) == .contextWord)
    }

    @Test("B2: the bundled list has more than 3,000 passwords of eight characters and more")
    func bundledList() throws {
        let common = try CommonPasswords.load(file: Self.file)
        #expect(common.count > 20_000)
        let lines = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n")
        #expect(lines.allSatisfy { $0.unicodeScalars.count >= 8 })
    }

    @Test("B2: a list that is missing, unreadable or too short stops the start")
    func poorLists() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let file = folder.appending(path: "list")
        #expect(throws: CommonPasswords.Failure.unreadable) { try CommonPasswords.load(file: file) }
        try Data([0xFF, 0xFE, 0x0A]).write(to: file)
        #expect(throws: CommonPasswords.Failure.unreadable) { try CommonPasswords.load(file: file) }
        let short = (0..<5_000).map { "short\($0 % 10)" } + (0..<2_999).map { "long enough \($0)" }
        try Data(short.joined(separator: "\n").utf8).write(to: file)
        #expect(throws: CommonPasswords.Failure.tooFew) { try CommonPasswords.load(file: file) }
        try Data((short + ["the three thousandth"]).joined(separator: "\n").utf8).write(to: file)
        #expect(try CommonPasswords.load(file: file).count == 3_000)
    }
}
