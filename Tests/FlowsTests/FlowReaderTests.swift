import Testing

@testable import Flows

struct FlowReaderTests {
    @Test func everyDefectOfShapeIsFoundAtOnceWithItsPlace() {
        let json = """
            {"schema": 2, "language": "deutsch", "voice": {"name": "a b", "pitch": 1}, "entry": "hallo",
             "nodes": {"hallo": {"type": "greeting", "text": " "}, "Fax": {"type": "fax"}, "leer": {}},
             "targets": {"x": {"name": "X", "number": "0732"}}, "limits": {"callSeconds": 5}, "farbe/ton~1": 1}
            """
        let verdict = anyTarget.judge(json)
        #expect(!verdict.isAccepted)
        #expect(
            verdict.findings.map { "\($0.code.rawValue) \($0.pointer)" } == [
                "unknown_key /farbe~1ton~01",
                "malformed_language /language",
                "out_of_range /limits/callSeconds",
                "malformed_key /nodes/Fax",
                "unknown_node_type /nodes/Fax/type",
                "missing /nodes/hallo",
                "blank /nodes/hallo/text",
                "missing /nodes/leer",
                "out_of_range /schema",
                "malformed_number /targets/x/number",
                "malformed_voice /voice/name",
                "unknown_key /voice/pitch",
            ]
        )
    }

    @Test(arguments: [
        ("", "not_json", 1, 1), ("{", "not_json", 1, 2), ("{\n \"a\": 01}", "not_json", 2, 8),
        ("{\"a\":1,\"a\":2}", "duplicate_key", 1, 11), ("{} {}", "not_json", 1, 4), ("[1,]", "not_json", 1, 4),
        ("\"\\ud800\"", "not_json", 1, 8), ("\"a\u{1}\"", "not_json", 1, 3), ("nul", "not_json", 1, 4),
        ("1e", "not_json", 1, 3), ("-", "not_json", 1, 2), (".5", "not_json", 1, 1),
        (String(repeating: "[", count: 40), "too_deep", 1, 34),
    ])
    func textThatIsNotJSONIsRefusedWithItsPlace(json: String, code: String, line: Int, column: Int) {
        let findings = anyTarget.judge(json).findings
        #expect(findings.map(\.code.rawValue) == [code])
        #expect(findings.first?.arguments["line"] == String(line))
        #expect(findings.first?.arguments["column"] == String(column))
    }

    @Test func brokenUTF8IsRefused() {
        #expect(throws: JSONSyntaxError.self) { try JSONTreeParser.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func escapesAreRead() throws {
        let tree = try JSONTreeParser.parse(Array(#"["\u00fc\n\"\\\/\b\f\r\t","\ud83d\ude00"]"#.utf8))
        #expect(tree == .list([.text("ü\n\"\\/\u{8}\u{C}\r\t"), .text("😀")]))
        #expect(try JSONTreeParser.parse(Array(tree.canonical.utf8)) == tree)
    }

    @Test func oversizedFlowIsRefusedUnread() {
        let findings = anyTarget.judge(String(repeating: "x", count: FlowValidator.largest + 1)).findings
        #expect(findings.map(\.code) == [.tooLarge])
    }

    @Test func spellingOfTheJSONDoesNotChangeItsCanonicalForm() throws {
        let one = try JSONTreeParser.parse(Array(#"{"b": 1.0, "a": "\u00e4"}"#.utf8))
        let other = try JSONTreeParser.parse(Array("{\"a\":\"ä\",\n\"b\":1}".utf8))
        #expect(one.canonical == other.canonical)
        #expect(one.canonical == #"{"a":"ä","b":1}"#)
    }
}
