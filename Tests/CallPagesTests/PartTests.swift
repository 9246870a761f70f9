import Calls
import Foundation
import Kernel
import Localization
import Site
import Testing

@testable import CallPages

struct PartTests {
    @Test(
        "a scale ends above the highest value at a round number",
        arguments: [
            (0, 2), (1, 2), (2, 2), (3, 4), (4, 4), (9, 10), (10, 10), (11, 20), (47, 100), (1_560, 2_000),
        ]
    )
    func scale(highest: Int, top: Int) {
        let scale = ChartScale(highest: highest)
        #expect(scale.top == top)
        #expect(scale.lines.last == top)
    }

    @Test func percentagesAreWrittenWithAPoint() {
        #expect(Percent.text(0.1423) == "14.23%")
        #expect(Percent.text(0.05) == "5%")
        #expect(Percent.text(0.1001) == "10.01%")
        #expect(Percent.decimal(-3.5) == "-3.50")
    }

    @Test("a lone measurement is drawn as a dash, a gap is not bridged")
    func gaps() {
        let chart = LineChart(
            points: [(600, 900), nil, (610, 950), (620, 960)].map {
                LineChart.Point(label: "x", values: $0)
            },
            goal: 1_200,
            goalText: "Ziel",
            number: { "\($0)" },
            withUnit: { "\($0) ms" }
        )
        let paths = chart.svg.components(separatedBy: "<path").dropFirst()
        #expect(paths.count == 2)
        #expect(paths.allSatisfy { $0.contains(" h12") && $0.contains(" M666.67") && $0.contains(" L1000") })
    }

    @Test("periods begin at the tenant's midnight; days the wrong way round mean the same days")
    func periods() {
        let localizer = Localizer(language: .de, region: "AT", timeZone: "Europe/Vienna")
        func period(_ value: String?, _ first: String = "", _ last: String = "") -> CallPeriod {
            CallPeriod(value, first: first, last: last, now: PagesFixture.now, localizer)
        }
        #expect(period("today").from == localizer.day(fromField: "2026-11-22"))
        #expect(period("7d").from == localizer.day(fromField: "2026-11-16"))
        #expect(period("month").from == localizer.day(fromField: "2026-11-01"))
        #expect(period(nil).from == nil)
        let right = period("custom", "2026-11-01", "2026-11-03")
        #expect(right.until == localizer.day(fromField: "2026-11-04"))
        #expect(period("custom", "2026-11-03", "2026-11-01") == right)
        #expect(period("custom", "", "2026-11-03").from == nil)
        #expect(right.allowsWords(at: PagesFixture.now))
        #expect(!period(nil).allowsWords(at: PagesFixture.now))
    }

    @Test("a day of 25 hours has 25 columns")
    func longDay() throws {
        let localizer = Localizer(language: .de, region: "AT", timeZone: "Europe/Vienna")
        // 25 October 2026: clocks go back.
        let noon = try #require(localizer.day(fromField: "2026-10-25")).addingTimeInterval(12 * 3_600)
        #expect(OverviewPeriod("heute", now: noon, localizer).starts.count == 25)
        let week = OverviewPeriod("7", now: noon, localizer)
        #expect(week.starts.map { localizer.field($0) }.last == "2026-10-25")
        #expect(week.comparison.upperBound == week.starts.first)
    }
}
