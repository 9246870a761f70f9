import Foundation
import Kernel
import PhoneNumbers
import Testing

/// `Fixtures/spellings.tsv`, made by `Tests/Judges/phonenumbers/corpus.py` from phonenumbers 8.12.57.
@Suite struct SpellingCorpusTests {
    private struct Expectation {
        let region: Region
        let typed: String
        let columns: [String]

        init(line: Substring) throws {
            let fields = line.split(separator: "\t").map(String.init)
            region = try #require(Region(fields[0]))
            typed = try JSONDecoder().decode(String.self, from: Data(fields[1].utf8))
            columns = Array(fields[2...])
        }

        /// A number's line in full; of a refusal the code, unless any will do.
        func matches(_ report: NumberParseReport) -> Bool {
            let found = report.line { _ in "-" }.split(separator: "\t").map(String.init)
            return columns[1] == "*" ? found[0] == "-" : found == columns
        }
    }

    private static func expectations() throws -> [Expectation] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "tsv" }
            .flatMap { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n") }
            .filter { !$0.hasPrefix("#") }
            .map(Expectation.init)
    }

    @Test("Every spelling of over 2,000 numbers becomes the number that phonenumbers 8.12.57 reads")
    func everySpellingBecomesTheReferenceNumber() throws {
        let expectations = try Self.expectations()
        let numbers = Set(expectations.map { $0.columns[0] })
        #expect(numbers.count >= 2_000)

        let differences = expectations.lazy.compactMap { expected -> String? in
            let report = NumberParseReport(typed: expected.typed, region: expected.region)
            guard !expected.matches(report) else { return nil }
            let typed = "\(expected.region) \(expected.typed.debugDescription)"
            return "\(typed): \(report.line { _ in "-" }), expected \(expected.columns)"
        }
        #expect(Array(differences.prefix(60)) == [])
    }
}
