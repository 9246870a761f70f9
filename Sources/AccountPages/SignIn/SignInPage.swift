import HTTPTypes
import Hummingbird
import Site

/// The page that asks for address and password.
struct SignInPage {
    var email = ""
    var mistakes = Mistakes.none
    var status = HTTPResponse.Status.ok
    /// Sent as `Retry-After`.
    var retryAfter: Duration?

    func answer(_ visit: some CheckedVisit, wanted: String?) -> Response {
        let model: Model = [
            "email": .text(email),
            "wanted": .text(wanted ?? ""),
            "forgotten": .text("/passwort"),
        ]
        var response = visit.page(
            "account/sign-in",
            title: visit.text("account.sign_in"),
            model.merging(mistakes.model("email", "passwort")),
            status: status
        )
        if let retryAfter { response.headers[.retryAfter] = RetryAfter.seconds(retryAfter) }
        return response
    }
}
