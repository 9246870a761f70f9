import Kernel

/// One line of the table of acts: what is done at a route, and what that must leave behind (requirement G1).
struct AuditAct: Sendable {
    typealias Preparation = @Sendable (AuditScene) async throws -> ActRequest

    /// Method and path as the route table spells them.
    let route: String
    /// Which of the route's acts it is, where there are several.
    let variant: String
    /// Why nothing is recorded; nil where something must be.
    let silence: String?
    /// Makes everything that the act needs, each time anew. Nil for what is only declared.
    let prepare: Preparation?

    init(_ route: String, _ variant: String = "", prepare: @escaping Preparation) {
        self.route = route
        self.variant = variant
        silence = nil
        self.prepare = prepare
    }

    /// - Parameter silence: the reason, for whoever reads the table.
    init(_ route: String, _ variant: String = "", silent silence: String, prepare: Preparation? = nil) {
        self.route = route
        self.variant = variant
        self.silence = silence
        self.prepare = prepare
    }

    var title: String { variant.isEmpty ? route : "\(route) (\(variant))" }
}

/// A row that an act leaves behind: in which chain, what it says, and who did it.
struct LedgerRow: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// A tenant's id, `platform` or `sign-ins`.
    let chain: String
    let action: String
    /// The id of the person or key; empty for nobody known.
    let actor: String

    var description: String { "\(action) by \(actor) in \(chain)" }

    /// `sign_in_event`, from where events are copied into the chains later (ADR 6).
    static let signIns = "sign-ins"
    static let platform = "platform"
    /// Stands for a tenant that the act itself makes.
    static let newTenant = "a new tenant"
    /// Stands for a person that the act itself makes.
    static let somebodyNew = "somebody new"

    static func tenant(_ tenant: TenantID, _ action: String, by actor: some CustomStringConvertible) -> LedgerRow {
        LedgerRow(chain: "\(tenant)", action: action, actor: "\(actor)")
    }

    static func newTenant(_ action: String, by actor: PersonID) -> LedgerRow {
        LedgerRow(chain: newTenant, action: action, actor: "\(actor)")
    }

    static func platform(_ action: String, by actor: PersonID) -> LedgerRow {
        LedgerRow(chain: platform, action: action, actor: "\(actor)")
    }

    static func signIn(_ kind: String, of person: PersonID?) -> LedgerRow {
        LedgerRow(chain: signIns, action: kind, actor: person.map { "\($0)" } ?? "")
    }

    static func < (one: LedgerRow, other: LedgerRow) -> Bool { one.description < other.description }
}

/// A request that is ready to be sent, and what is expected of it.
struct ActRequest: Sendable {
    enum Body: Sendable {
        case none
        case form([(String, String)])
        case json(String)
    }

    enum Success: Sendable {
        /// 303 to an address that begins so.
        case leads(to: String)
        case answers(Int)
    }

    /// How a request fails that must not be done.
    enum Failure: Sendable {
        /// 500, as the kind of the route spells it.
        case error
        /// The head is out when the row is written, so that the transfer breaks off before its first byte.
        case brokenOff
    }

    var method: String
    var path: String
    var body = Body.none
    /// What the cookie of the session holds.
    var session: String?
    var cookies: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var success: Success
    var failure = Failure.error
    /// The rows of each transaction, in order. One request with several is several acts one after the other; each of
    /// them has a route of its own as well.
    var acts: [[LedgerRow]] = []
    /// Whether the record is all that it changes, as with exports and failed attempts. Everything else must change
    /// another table too.
    var recordsOnly = false

    /// What a browser sends.
    static func form(
        _ path: String,
        _ fields: [(String, String)] = [],
        as session: String?,
        to place: String
    ) -> ActRequest {
        ActRequest(method: "POST", path: path, body: .form(fields), session: session, success: .leads(to: place))
    }

    /// A file that is taken away.
    static func download(_ path: String, as session: String) -> ActRequest {
        ActRequest(method: "GET", path: path, session: session, success: .answers(200), recordsOnly: true)
    }

    /// What a program sends with a key.
    static func api(_ method: String, _ path: String, _ json: String? = nil, key: String, status: Int) -> ActRequest {
        ActRequest(
            method: method,
            path: "/api/v1" + path,
            body: json.map(Body.json) ?? .none,
            headers: [("authorization", "Bearer \(key)")],
            success: .answers(status)
        )
    }

    /// One transaction with these rows, after those that were said before.
    func records(_ rows: LedgerRow...) -> ActRequest {
        var request = self
        request.acts.append(rows)
        return request
    }

    func answering(_ status: Int) -> ActRequest {
        var request = self
        request.success = .answers(status)
        return request
    }

    func with(cookie name: String, _ value: String) -> ActRequest {
        var request = self
        request.cookies.append((name, value))
        return request
    }

    func with(header name: String, _ value: String) -> ActRequest {
        var request = self
        request.headers.append((name, value))
        return request
    }

    /// The record is all that it changes.
    func recordingOnly() -> ActRequest {
        var request = self
        request.recordsOnly = true
        return request
    }

    func breakingOff() -> ActRequest {
        var request = self
        request.failure = .brokenOff
        return request
    }
}
