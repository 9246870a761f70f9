import HTTPTypes
import Hummingbird
import Localization
import People
import Site

/// What answers a refused act on one's own account.
enum Refused {
    /// Another page comes first.
    case elsewhere(Response)
    /// The form again, with what was wrong.
    case again(Mistakes, HTTPResponse.Status)
}

extension CheckedVisit {
    /// - Parameters:
    ///   - field: the field that the reason belongs to.
    ///   - path: where to come back to after a proof of a factor.
    func refused(_ refusal: AccountRefusal, field: String, returnTo path: String) -> Refused {
        switch refusal {
        case .sessionOver:
            return .elsewhere(redirect(to: "/anmelden", saying: refusal.key))
        case .stepUpNeeded:
            return .elsewhere(redirectToProof(returnTo: path))
        case .nothingToConfirm:
            return .elsewhere(redirect(to: "/sicherheit", saying: refusal.key))
        case .throttled:
            return .again(mistakes(refusal, field), .tooManyRequests)
        case .busy:
            return .again(mistakes(refusal, field), .serviceUnavailable)
        case .codeWrong, .passwordWrong, .factorRequired, .passkeyRefused, .passkeyKnown, .passkeysTooMany,
            .nameMalformed, .emailMalformed, .linkOver:
            return .again(mistakes(refusal, field), .unprocessableContent)
        }
    }

    private func mistakes(_ refusal: AccountRefusal, _ field: String) -> Mistakes {
        Mistakes(text("account.not_done"), .init(field: field, message: text(refusal.key)))
    }
}
