import Credentials
import People
import Site

/// An authenticator app's secret, as a drawing and as text.
enum EnrolmentSheet {
    static func model(_ enrolment: TOTPEnrolment, _ visit: some CheckedVisit) throws -> Model {
        [
            "qr": .markup(
                try QRCode(enrolment.url).svg(moduleClass: "qr__dark", title: visit.text("account.qr_title"))
            ),
            "secret": .text(enrolment.text),
        ]
    }
}
