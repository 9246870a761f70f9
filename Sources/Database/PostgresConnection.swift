import CLibPQ
import Foundation
import Kernel

/// One connection to PostgreSQL, used by one thread at a time.
///
/// The socket is non-blocking and every wait is a `poll` with a deadline, so that neither a silent network nor a
/// cancelled task can hold the thread for longer than the configuration allows.
final class PostgresConnection {
    /// What the connection holds to. A nil timeout waits for ever.
    struct Limits {
        var connectTimeout: Duration
        var statementTimeout: Duration?
    }

    /// Statements prepared on one connection. Texts are literals of the program, so this is not reached in practice;
    /// beyond it statements run unprepared.
    private static let preparedLimit = 512
    /// What the server gets on top of its own statement timeout before it is given up.
    private static let serverGrace = Duration.seconds(1)

    private let handle: OpaquePointer
    private let limits: Limits
    private let interrupt: Interrupt?
    private var prepared: [String: String] = [:]

    /// The connection is of no further use: it broke, or a cancellation is under way that could hit a later statement.
    private(set) var mustClose = false

    /// Connects and sets the session up.
    /// - Throws: `DatabaseError`, or `CancellationError` if `interrupt` is raised meanwhile.
    init(_ url: Secret, limits: Limits, interrupt: Interrupt? = nil) throws {
        let settings: [(String, String)] = [
            ("dbname", url.reveal()),
            ("fallback_application_name", "voiceagent"),
            ("client_encoding", "UTF8"),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "10000"),
        ]
        let started = CStrings.with(settings.map(\.0) + [nil]) { names in
            CStrings.with(settings.map(\.1) + [nil]) { values in PQconnectStartParams(names, values, 1) }
        }
        guard let started else { throw DatabaseError.unavailable(.connection) }
        handle = started
        self.limits = limits
        self.interrupt = interrupt
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQstatus(handle) != CONNECTION_BAD else { throw broken() }
        try finishConnecting(by: .now + limits.connectTimeout)
        guard PQsetnonblocking(handle, 1) == 0 else { throw DatabaseError.unavailable(.connection) }
        try setUpSession()
    }

    deinit {
        PQfinish(handle)
    }

    /// Whether the server considers a transaction open, failed or not.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Whether the next user would find the connection as a new one.
    var isReusable: Bool {
        !mustClose && PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
    }

    /// Runs one statement with its parameters, prepared once per connection.
    func run(_ sql: SQL) throws -> QueryResult {
        guard !sql.parameters.contains(where: { $0?.utf8.contains(0) ?? false }) else {
            throw DatabaseError.failed(sqlState: .characterNotInRepertoire)
        }
        guard let name = try preparedName(for: sql.text) else {
            return try exchange(interruptible: true) { handle in
                CStrings.with(sql.parameters) { values in
                    PQsendQueryParams(handle, sql.text, Int32(sql.parameters.count), nil, values, nil, nil, 0)
                }
            }
        }
        return try exchange(interruptible: true) { handle in
            CStrings.with(sql.parameters) { values in
                PQsendQueryPrepared(handle, name, Int32(sql.parameters.count), values, nil, nil, 0)
            }
        }
    }

    /// Runs a text of one or more statements without parameters: transaction control and migrations.
    /// - Parameter interruptible: false for COMMIT and ROLLBACK, which are carried through.
    @discardableResult
    func run(script: String, interruptible: Bool = true) throws -> QueryResult {
        try exchange(interruptible: interruptible) { handle in PQsendQuery(handle, script) }
    }

    private func preparedName(for text: String) throws -> String? {
        if let name = prepared[text] { return name }
        guard prepared.count < Self.preparedLimit else { return nil }
        let name = "s\(prepared.count)"
        try exchange(interruptible: true) { handle in PQsendPrepare(handle, name, text, 0, nil) }
        prepared[text] = name
        return name
    }

    private func setUpSession() throws {
        let timeout = limits.statementTimeout?.milliseconds ?? 0
        _ = try run(
            """
            SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, YMD', false),
                set_config('IntervalStyle', 'iso_8601', false), set_config('bytea_output', 'hex', false),
                set_config('search_path', 'public', false), set_config('row_security', 'on', false),
                set_config('statement_timeout', \(String(timeout)), false),
                set_config('idle_in_transaction_session_timeout', \(String(timeout * 4)), false)
            """
        )
    }
}

// MARK: - Waiting

extension PostgresConnection {
    private func finishConnecting(by deadline: ContinuousClock.Instant) throws {
        var events = Int16(POLLOUT)
        while true {
            try wait(for: events, until: deadline, timeout: .connectTimeout)
            if interrupt?.isRaised == true { throw CancellationError() }
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: events = Int16(POLLIN)
            case PGRES_POLLING_WRITING: events = Int16(POLLOUT)
            // Wrong password, unknown database and no server differ in the message only, which names hosts and logins.
            default: throw broken()
            }
        }
    }

    /// Sends by `send`, waits for all of the answer and returns its last result.
    @discardableResult
    private func exchange(interruptible: Bool, _ send: (OpaquePointer) -> Int32) throws -> QueryResult {
        if interruptible, interrupt?.isRaised == true { throw CancellationError() }
        guard !mustClose, send(handle) == 1 else { throw broken() }
        let deadline = limits.statementTimeout.map { ContinuousClock.now + $0 + Self.serverGrace }
        var outcome: Result<QueryResult, any Error> = .success(.empty)
        while true {
            try waitForResult(until: deadline, interruptible: interruptible)
            guard let result = PQgetResult(handle) else { break }
            defer { PQclear(result) }
            // The first error of a script is the cause; later ones only follow from it.
            if case .success = outcome { outcome = Result { try QueryResult(result) } }
        }
        do {
            return try outcome.get()
        } catch let error as ServerError {
            throw translated(error)
        }
    }

    private func waitForResult(until deadline: ContinuousClock.Instant?, interruptible: Bool) throws {
        while true {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw broken() }
            if unsent == 0, PQisBusy(handle) == 0 { return }
            let events = Int16(POLLIN) | (unsent == 1 ? Int16(POLLOUT) : 0)
            try wait(for: events, until: deadline, timeout: .statementTimeout, interruptible: interruptible)
            if interruptible, !mustClose, interrupt?.isRaised == true { askToCancel() }
            guard PQconsumeInput(handle) == 1 else { throw broken() }
        }
    }

    /// Waits until the socket is ready or the interrupt is raised.
    private func wait(
        for events: Int16,
        until deadline: ContinuousClock.Instant?,
        timeout: Unavailability,
        interruptible: Bool = true
    ) throws {
        // Once a cancellation has been asked for, the interrupt stays readable and must not be polled again.
        let wakeable = interruptible && !mustClose && (interrupt?.readEnd ?? -1) >= 0
        var descriptors = [pollfd(fd: PQsocket(handle), events: events, revents: 0)]
        if wakeable, let interrupt {
            descriptors.append(pollfd(fd: interrupt.readEnd, events: Int16(POLLIN), revents: 0))
        }
        while true {
            let left = deadline.map { deadline in ContinuousClock.now.duration(to: deadline) }
            if let left, left <= .zero {
                mustClose = true
                throw DatabaseError.unavailable(timeout)
            }
            let milliseconds = left.map { $0.milliseconds + 1 } ?? -1
            let ready = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: milliseconds))
            if ready > 0 { return }
            if ready < 0, errno != EINTR { throw broken() }
        }
    }

    /// Asks the server, on a connection of its own, to cancel what runs here. The cancellation may arrive after the
    /// statement has ended, so this connection is not used for anyone else.
    private func askToCancel() {
        mustClose = true
        guard let cancel = PQgetCancel(handle) else { return }
        defer { PQfreeCancel(cancel) }
        var message = [CChar](repeating: 0, count: 256)
        // A refusal changes nothing: the statement then ends by its timeout.
        _ = PQcancel(cancel, &message, Int32(message.count))
    }
}

// MARK: - Errors

extension PostgresConnection {
    private func broken() -> DatabaseError {
        mustClose = true
        return .unavailable(.connection)
    }

    private func translated(_ error: ServerError) -> any Error {
        let state = error.sqlState
        if state.meansUnavailable || PQstatus(handle) == CONNECTION_BAD {
            mustClose = true
            return DatabaseError.unavailable(.connection)
        }
        if state == .queryCanceled {
            return interrupt?.isRaised == true
                ? CancellationError() : DatabaseError.unavailable(.statementTimeout)
        }
        if state == .featureNotSupported {
            // A cached plan whose result type a migration has changed; a new connection plans anew.
            mustClose = true
        }
        return state.isConstraint
            ? DatabaseError.refused(sqlState: state, constraint: error.constraint)
            : DatabaseError.failed(sqlState: state)
    }
}
