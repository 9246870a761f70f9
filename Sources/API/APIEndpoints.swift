import HTTPTypes
import Tenants
package import Web

/// The surface of the programming interface, one line each. Every line is described in `Resources/api/openapi.json`; a
/// test holds the two against each other.
extension Endpoint {
    package static let apiDocument = Endpoint(
        .get,
        "/api/v1/openapi.json",
        access: .anyone,
        kind: "api",
        "the description of this interface"
    )
    /// Every key has this permission, as every role has it.
    package static let apiMe = key(.get, "/me", .overviewRead, "whose key it is and what it may do")

    package static let apiCalls = key(.get, "/calls", .callsRead, "calls, newest first")
    package static let apiCall = key(.get, "/calls/:call", .callsRead, "one call")
    package static let apiTranscript = key(.get, "/calls/:call/transcript", .transcriptsRead, "what was said in a call")
    package static let apiSegments = key(.get, "/calls/:call/segments", .callsRead, "what of a call is paid for")
    package static let apiEvents = key(.get, "/calls/:call/events", .callsRead, "what the carrier reported of a call")

    package static let apiNumbers = key(.get, "/numbers", .numbersRead, "numbers and where they lead")
    package static let apiNumberClaim = key(.post, "/numbers", .numbersWrite, "add a number")
    package static let apiNumber = key(.get, "/numbers/:number", .numbersRead, "one number")
    package static let apiNumberFlow = key(.put, "/numbers/:number/flow", .numbersAssign, "let a number lead to a flow")
    package static let apiNumberRelease = key(.delete, "/numbers/:number", .numbersWrite, "give a number back")

    package static let apiMembers = key(.get, "/members", .membersRead, "who works for the tenant")
    package static let apiAudit = key(.get, "/audit-entries", .auditRead, "the tenant's audit log, newest first")

    /// Every line, in the order of printing.
    package static let apiTable: [Endpoint] = [
        apiDocument, apiMe, apiCalls, apiCall, apiTranscript, apiSegments, apiEvents,
        apiNumbers, apiNumberClaim, apiNumber, apiNumberFlow, apiNumberRelease, apiMembers, apiAudit,
    ]

    static let apiRoot = "/api/v1"

    /// Requests that bring something along are a few hundred bytes; the limit leaves room for how they are spelled.
    private static func key(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ permission: Permission,
        _ purpose: String
    ) -> Endpoint {
        let hasBody = method == .post || method == .put
        return Endpoint(
            method,
            apiRoot + path,
            access: .apiKey(permission),
            bodyLimit: hasBody ? 64 * 1_024 : 0,
            kind: "api",
            purpose
        )
    }
}
