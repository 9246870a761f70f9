import Foundation
import Localization
import Testing

@testable import Calls

struct DeskSituationTests {
    @Test func momentIsToldInTheTenantsTimeZoneAndLanguage() {
        let instant = Date(timeIntervalSince1970: 1_795_339_800)
        #expect(
            Situation.text(at: instant, timeZone: "Europe/Vienna", language: .de)
                == "Es ist Sonntag, der 22. November 2026, 10:30 Uhr."
        )
        #expect(
            Situation.text(at: instant, timeZone: "UTC", language: .en) == "It is Sunday, 22 November 2026, 9:30."
        )
    }
}
