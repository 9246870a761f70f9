import Foundation
import Testing

@testable import Flows

struct FlowSchemaTests {
    /// The verdicts in the corpus are those of Python's jsonschema on the published schema.
    @Test func readerComesToTheVerdictOfThePublishedSchema() throws {
        let full = try JSONTreeParser.parse(Array(projectFile("Tests/Judges/flows/full.json").utf8))
        let corpus = try JSONTreeParser.parse(Array(projectFile("Tests/Judges/flows/corpus.json").utf8))
        guard case .list(let edits) = corpus else { throw CorpusError() }
        var wrong: [String] = []
        for edit in edits {
            guard case .object(let members) = edit, case .list(let path) = members["path"],
                case .boolean(let accepted) = members["accepted"]
            else { throw CorpusError() }
            let document = try Self.apply(full, path[...], Self.expanded(members["value"]))
            let text = document.canonical
            let isRead = if case .read = FlowReader.read(Array(text.utf8)) { true } else { false }
            if isRead != accepted { wrong.append(edit.canonical) }
        }
        #expect(edits.count > 2_000)
        #expect(wrong.prefix(20) == [])
    }

    @Test func flowIsWrittenAsItWasRead() throws {
        for file in ["Tests/Judges/flows/full.json", "Resources/flows/autohaus.json"] {
            let document = try FlowDocument(json: projectFile(file))
            #expect(try FlowDocument(json: document.json.canonical) == document)
        }
        #expect(try FlowDocument(json: sampleFlow().json.canonical) == sampleFlow())
    }

    @Test func defaultsOfTheSchemaAreThoseOfTheTypes() throws {
        let schema = try JSONTreeParser.parse(Array(projectFile("docs/flow.schema.json").utf8))
        let written = sampleFlow().conversation("gespraech") { $0 = ConversationNode(systemPrompt: "x", onEnd: "ende") }
            .with { $0.nodes["ansage"] = .announcement(AnnouncementNode(text: "x", next: "ende")) }
        let defaults = Self.defaults(schema)
        #expect(defaults.count > 15)
        for (key, value) in defaults {
            let found = Self.values(of: key, in: written.json)
            #expect(found.contains(value), "\(key)")
        }
    }

    private struct CorpusError: Error {}

    private static func expanded(_ value: JSONTree?) -> JSONTree? {
        if case .object(let members) = value, members.count == 1, case .number(let count) = members["repeat"] {
            return .text(String(repeating: "ä", count: Int(count)))
        }
        return value
    }

    private static func apply(_ tree: JSONTree, _ path: ArraySlice<JSONTree>, _ value: JSONTree?) throws -> JSONTree {
        guard let step = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        switch (tree, step) {
        case (.object(var members), .text(let key)):
            members[key] = rest.isEmpty ? value : try apply(members[key] ?? .null, rest, value)
            return .object(members)
        case (.list(var elements), .number(let number)):
            let index = Int(number)
            if rest.isEmpty, let value {
                if index == elements.count { elements.append(value) } else { elements[index] = value }
            } else if rest.isEmpty {
                elements.remove(at: index)
            } else {
                elements[index] = try apply(elements[index], rest, value)
            }
            return .list(elements)
        default: throw CorpusError()
        }
    }

    /// Every simple default of the schema by the key it belongs to.
    private static func defaults(_ tree: JSONTree) -> [(String, JSONTree)] {
        guard case .object(let members) = tree else { return [] }
        return members.flatMap { key, value -> [(String, JSONTree)] in
            var found = defaults(value)
            if case .object(let rule) = value, let standard = rule["default"], standard != .object([:]) {
                found.append((key, standard))
            }
            return found
        }
    }

    private static func values(of key: String, in tree: JSONTree) -> [JSONTree] {
        switch tree {
        case .object(let members): members.flatMap { ($0 == key ? [$1] : []) + values(of: key, in: $1) }
        case .list(let elements): elements.flatMap { values(of: key, in: $0) }
        default: []
        }
    }
}
