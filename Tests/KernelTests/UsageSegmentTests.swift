import Foundation
import Kernel
import Testing

@Suite struct UsageSegmentTests {
    @Test("Kinds are stored under stable names")
    func kinds() {
        #expect(UsageKind.allCases.map(\.rawValue) == ["bot", "forward"])
    }

    @Test("The same stretch with the same identity is one fact")
    func equality() {
        let id = UsageSegmentID()
        let start = Date(timeIntervalSince1970: 0)
        let segments = (0..<2).map { _ in
            UsageSegment(id: id, kind: .bot, leg: "MZ1", ordinal: 0, start: start, end: start + 1)
        }
        #expect(Set(segments).count == 1)
    }
}
