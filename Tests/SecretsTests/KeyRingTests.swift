import Foundation
import Testing

@testable import Secrets

@Suite("Key file (F3)")
struct KeyRingTests {
    @Test func aPrivateFileIsRead() throws {
        try withFile("# keys\n\n1:\(Keys.first)\n3:\(Keys.second)\n2:\(Keys.random())", mode: 0o600) { path in
            let ring = try KeyRing(file: path)
            #expect(ring.newestVersion == 3)
            #expect(ring.key(version: 1) != nil)
            #expect(ring.key(version: 4) == nil)
            #expect("\(ring)" == "KeyRing(newest: 3)")
        }
    }

    @Test func anAbsentFileIsRefused() {
        #expect(throws: KeyRingError.missing) { try KeyRing(file: "/nonexistent/keys") }
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o601, 0o777])
    func aFileOpenToOthersIsRefused(mode: Int) throws {
        try withFile("1:\(Keys.first)", mode: mode) { path in
            #expect(throws: KeyRingError.openToOthers) { try KeyRing(file: path) }
        }
    }

    @Test func aPublishedSampleIsRefused() throws {
        try withFile("1:\(SampleKeys.published.base64EncodedString())", mode: 0o600) { path in
            #expect(throws: KeyRingError.sample(version: 1)) { try KeyRing(file: path) }
        }
    }

    @Test(
        arguments: [
            Data(repeating: 0, count: 32), Data(0..<32), Data((0..<32).reversed()),
            Data("passwordpasswordpasswordpassword".utf8),
        ]
    )
    func aKeyThatIsPlainlyNotRandomIsRefused(key: Data) {
        #expect(throws: KeyRingError.sample(version: 7)) { try KeyRing(text: "7:\(key.base64EncodedString())") }
    }

    @Test func aDirectoryIsNotAFile() {
        #expect(throws: KeyRingError.notAFile) { try KeyRing(file: FileManager.default.temporaryDirectory.path) }
    }

    @Test func anEndlessFileIsRefused() throws {
        try withFile(String(repeating: "#\n", count: 40_000), mode: 0o600) { path in
            #expect(throws: KeyRingError.tooLarge) { try KeyRing(file: path) }
        }
    }

    @Test(
        arguments: [
            ("", .empty), ("# nothing\n", .empty), ("1", .malformed(line: 1)), ("1:", .malformed(line: 1)),
            ("0:\(Keys.first)", .malformed(line: 1)), ("x:\(Keys.first)", .malformed(line: 1)),
            ("# a\n1:\(Keys.first)x", .malformed(line: 2)), ("1:AAAA", .malformed(line: 1)),
            ("1:\(Keys.first)\n1:\(Keys.second)", .duplicateVersion(1)),
        ] as [(String, KeyRingError)]
    )
    func everyMistakeIsNamed(text: String, error: KeyRingError) throws {
        try withFile(text, mode: 0o600) { path in
            #expect(throws: error) { try KeyRing(file: path) }
        }
    }

    private func withFile(_ text: String, mode: Int, _ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID())")
        try Data(text.utf8).write(to: url)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: url) } }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
        try body(url.path)
    }
}
