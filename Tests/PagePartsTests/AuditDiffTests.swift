import Audit
import Testing

@testable import PageParts

struct AuditDiffTests {
    @Test("only members that differ are part of a diff")
    func diff() {
        let diff = AuditDiff(
            before: ["a": 1, "b": "same", "gone": true],
            after: ["a": 2, "b": "same", "new": .null]
        )
        #expect(
            diff.lines == [
                AuditDiff.Line(field: "a", before: 1, after: 2),
                AuditDiff.Line(field: "gone", before: true, after: nil),
                AuditDiff.Line(field: "new", before: nil, after: .null),
            ]
        )
        #expect(AuditDiff(before: nil, after: nil).lines.isEmpty)
    }
}
