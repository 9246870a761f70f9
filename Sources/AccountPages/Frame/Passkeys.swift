import Foundation
import HTTPTypes
import Hummingbird
import People
import Site
import Web

/// The two halves of a passkey's ceremony. The first answers a module with the options, and remembers the challenge in a
/// cookie; the second is a form whose field `antwort` the module has filled, so that its outcome is a page like any
/// other.
extension CheckedVisit {
    /// The options, and the challenge's name in a cookie that lives as long as the challenge.
    func asks(_ request: PasskeyRequest) -> Response {
        var response = json(String(decoding: request.options, as: UTF8.self))
        setCookie(CookieName.ceremony, request.challenge.uuidString, seconds: 300, on: &response)
        return response
    }

    /// Where the module shall go instead of asking.
    func sends(to path: String) throws -> Response {
        try Answer(location: path, message: nil).response(self, .ok)
    }

    /// What the module shall say instead of asking.
    func tells(_ key: String, _ status: HTTPResponse.Status) throws -> Response {
        try Answer(location: nil, message: text(key)).response(self, status)
    }

    /// The browser's JSON and the challenge it answers; nil unless both came.
    var passkeyAnswer: (response: Data, challenge: UUID)? {
        guard let challenge = cookie(CookieName.ceremony).flatMap({ UUID(uuidString: $0) }),
            let answer = form.raw("antwort"), !answer.isEmpty
        else { return nil }
        return (Data(answer.utf8), challenge)
    }
}

private struct Answer: Encodable {
    let location: String?
    let message: String?

    func response(_ visit: some CheckedVisit, _ status: HTTPResponse.Status) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return visit.json(String(decoding: try encoder.encode(self), as: UTF8.self), status: status)
    }
}
