import HTTPTypes
import Hummingbird
import Localization

/// A refusal, to be thrown by whoever refuses and answered as RFC 9457 describes.
struct APIProblem: Error, Hashable {
    /// More faults than these are not told one by one.
    private static let mostFaults = 20

    let code: ProblemCode
    let faults: [InputFault]
    let headers: HTTPFields

    init(_ code: ProblemCode, faults: [InputFault] = [], headers: HTTPFields = [:]) {
        self.code = code
        self.faults = faults
        var headers = headers
        switch code {
        case .unauthorized: headers[.wwwAuthenticate] = #"Bearer realm="VoiceAgent API""#
        case .unavailable, .carrierUnavailable: headers[.retryAfter] = headers[.retryAfter] ?? "5"
        case .requestRunning: headers[.retryAfter] = headers[.retryAfter] ?? "1"
        default: break
        }
        self.headers = headers
    }

    /// The body. It is the same for everything that is refused for the same reason in the same language.
    func document(_ catalog: Catalog, _ language: Language) -> JSON {
        var members: [(String, JSON)] = [
            ("type", .text("urn:voiceagent:problem:" + code.rawValue.replacing("_", with: "-"))),
            ("title", .text(catalog.text("api.title_\(code.rawValue)", language))),
            ("status", .integer(code.status.code)),
            ("detail", .text(catalog.text("api.detail_\(code.rawValue)", language))),
            ("code", .text(code.rawValue)),
        ]
        if !faults.isEmpty {
            let errors = faults.prefix(Self.mostFaults).map { fault -> JSON in
                let (name, value) = fault.location
                return .object([
                    JSON.Member(name: name, value: .text(value)),
                    JSON.Member(name: "code", value: .text(fault.code)),
                    JSON.Member(name: "detail", value: .text(catalog.text(fault.key, language))),
                ])
            }
            members.append(("errors", .list(Array(errors))))
        }
        return .object(members.map { JSON.Member(name: $0.0, value: $0.1) })
    }
}
