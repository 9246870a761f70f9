import Calls
import Foundation
import Kernel
import Localization
import PhoneNumbers
import Site
import Tenants

/// The lines of the list of calls as a spreadsheet reads them.
struct CallSheet: Sendable {
    private let visit: TenantVisit

    init(_ visit: TenantVisit) {
        self.visit = visit
    }

    var head: String {
        let columns = [
            "begin", "end", "caller", "called", "flow", "version", "result", "course", "seconds", "answer_ms", "id",
        ]
        return CSV.line(columns.map { visit.text("calls.csv_\($0)") })
    }

    func line(_ call: CallLine) -> String {
        let words = CallWords(visit)
        return CSV.line([
            time(call.admittedAt),
            call.endedAt.map(time) ?? "",
            call.caller.e164?.value ?? words.caller(call.caller),
            call.called.value,
            call.flow?.name ?? "",
            call.flow.map { String($0.version) } ?? "",
            words.result(call),
            words.course(call),
            String(call.seconds(at: visit.now)),
            call.answerMs.map(String.init) ?? "",
            call.id.description,
        ])
    }

    /// Local time in a spelling that spreadsheets of both languages know.
    private func time(_ date: Date) -> String {
        visit.localizer.field(date) + " " + visit.localizer.clockWithSeconds(date)
    }
}
