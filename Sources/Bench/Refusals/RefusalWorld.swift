import Foundation

/// Who asks for what: made by `bin/bench` beside the rows themselves.
struct RefusalWorld: Decodable, Sendable {
    /// The token of a session of somebody who owns the asking tenant.
    let session: String
    /// Keys of the asking tenant, which ask in turn because each has its limit of requests.
    let keys: [String]
    /// Calls and numbers of another tenant.
    let foreignCalls: [String]
    let foreignNumbers: [String]
    /// As many that nobody has.
    let absentCalls: [String]
    let absentNumbers: [String]

    init(file: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }
}

/// What is asked for with an identity that the asker may not see.
enum RefusalRoute: Int, CaseIterable, Sendable {
    case callPage
    case numberPage
    case apiCall

    var name: String {
        switch self {
        case .callPage: "/anrufe/{id}"
        case .numberPage: "/rufnummern/{e164}"
        case .apiCall: "/api/v1/calls/{id}"
        }
    }

    func path(_ identity: String) -> String {
        switch self {
        case .callPage: "/anrufe/\(identity)"
        case .numberPage: "/rufnummern/\(identity.replacing("+", with: "%2B"))"
        case .apiCall: "/api/v1/calls/\(identity)"
        }
    }

    func identities(_ kind: RefusedKind, of world: RefusalWorld) -> [String] {
        switch (self, kind) {
        case (.callPage, .foreign), (.apiCall, .foreign): world.foreignCalls
        case (.callPage, .absent), (.apiCall, .absent): world.absentCalls
        case (.numberPage, .foreign): world.foreignNumbers
        case (.numberPage, .absent): world.absentNumbers
        }
    }
}

/// Why it is refused, which nobody may learn (requirement A9).
enum RefusedKind: Int, CaseIterable, Sendable {
    case foreign
    case absent
}
