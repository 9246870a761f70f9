import Foundation
import Kernel
import PhoneNumbers
import Testing

@Suite struct NumberParseReportTests {
    private func report(_ typed: String) -> NumberParseReport {
        NumberParseReport(typed: typed, region: .austria)
    }

    @Test("A line names the number, its kind and its region, or the reason")
    func lines() {
        #expect(report("01/58858").line { $0 } == "+43158858\tfixed_line\tAT")
        #expect(report("+80012345678").line { $0 } == "+80012345678\ttoll_free\t-")
        #expect(report("112").line { "Grund: \($0)" } == "-\temergency\tGrund: emergency")
    }

    @Test("JSON names the same")
    func json() {
        #expect(
            report("01/58858").json { $0 }
                == #"{"typed":"01/58858","e164":"+43158858","kind":"fixed_line","region":"AT"}"#
        )
        #expect(
            report("+80012345678").json { $0 }
                == #"{"typed":"+80012345678","e164":"+80012345678","kind":"toll_free","region":null}"#
        )
        #expect(
            report("112").json { _ in "„Notruf“" }
                == #"{"typed":"112","refused":{"code":"emergency","text":"„Notruf“"}}"#
        )
    }

    @Test("Whatever was typed stays one line and comes back unchanged")
    func jsonEscapes() throws {
        struct Line: Decodable {
            let typed: String
        }
        for typed in ["a\"b\\c", "\u{0}\t\r\n\u{1F}", "\u{2028}\u{2029}\u{85}", "٠١ ☎ 📞", "</script>"] {
            let json = report(typed).json { $0 }
            #expect(!json.contains { $0.isNewline })
            #expect(try JSONDecoder().decode(Line.self, from: Data(json.utf8)).typed == typed)
        }
    }
}
