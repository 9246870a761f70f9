import Credentials
import Foundation
import Localization
import People
import Site
import Tenants

/// The recovery codes as they are shown once: to be copied, saved or printed.
enum RecoveryCodeSheet {
    static func model(_ codes: [RecoveryCode], next: String, _ visit: some CheckedVisit) -> Model {
        let lines = codes.map { $0.reveal() }
        let file =
            visit.text(
                "account.codes_file",
                ["email": visit.visit.visitor?.person.email ?? "", "date": visit.localizer.date(visit.now)]
            ) + "\r\n\r\n" + lines.joined(separator: "\r\n") + "\r\n"
        return [
            "codes": .list(lines.map { ["code": .text($0)] }),
            "file": .text("data:text/plain;charset=utf-8," + FormValues.encode(file)),
            "next": .text(next),
        ]
    }
}
