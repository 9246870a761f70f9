import Audit
import Calls
import Database
import Flows
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Numbers
import People
import RedisStore
import Synchronization
import Telemetry
import Tenants
import TestSupport
import Testing
import Web

@testable import CallPages
@testable import Site

struct LivePageTests {
    // MARK: The page

    @Test("F: the live page shows who calls, what was said last, and what can be done")
    func page() async throws {
        try await withTestDatabase { database in
            let calls = try await CallsFixture(database)
            let day = try await calls.day()
            let forwarding = try await calls.call(60, ago: 68, state: "forwarding", target: "ordination")
            let fresh = try await calls.call(61, caller: "+4310001942", ago: 4)
            let page = try await live(database, as: PagesFixture.visitor(tenant: calls.tenant))
            try PagesFixture.keep(page, as: "live")
            #expect(page.contains("3 Anrufe laufen gerade"))
            #expect(page.contains("+43 664 0000831"))
            #expect(page.contains("Am Dienstag um 14 Uhr wäre noch frei."))
            #expect(page.contains("Wird mit Ordination verbunden"))
            #expect(page.contains("/anrufe/\(day.running)/uebernehmen"))
            #expect(page.contains("data-call=\"\(fresh)\""))
            #expect(page.components(separatedBy: "data-acts hidden").count == 2)
            #expect(page.contains("data-call=\"\(forwarding)\" data-voice=\"person\""))

            let viewer = try await live(database, as: PagesFixture.visitor(.member(.viewer), tenant: calls.tenant))
            #expect(!viewer.contains("/uebernehmen\""))
            let empty = try await live(database, as: PagesFixture.visitor(tenant: try await database.makeTenant()))
            try PagesFixture.keep(empty, as: "live-leer")
            #expect(empty.contains("Gerade läuft kein Anruf"))
            #expect(try await live(database, as: PagesFixture.visitor(.member(.billing))).contains("403"))
        }
    }

    // MARK: The stream

    @Test("F: a stream tells the calls there are, then each change, keeps alive and ends after ten minutes")
    func stream() async throws {
        let call = CallID()
        let script = Script(running: [try running(call)], waitingForViews: 3)
        script.messages.yield(try message(.turn(call, turn(1, "Gerne."))))
        script.messages.yield(try message(.voice(call, .caller)))
        let told = try await tell(script)
        #expect(told.first == .retry(2_000))
        #expect(told.dropFirst().first == .mode(.following))
        #expect(told.contains(.calls([call.description], count: "1 Anruf läuft gerade")))
        let views = told.compactMap { if case .call(let view) = $0 { view } else { nil } }
        #expect(views.first?.turns.map(\.text) == ["Grüß Gott."])
        #expect(views.contains { $0.turns.map(\.text) == ["Grüß Gott.", "Gerne."] })
        #expect(views.contains { $0.voice == "caller" && $0.voiceText == "Anrufer spricht" && $0.canAct })
        let beats = told.count { $0 == .heartbeat }
        #expect((30...40).contains(beats))
        // Whether the person may stay was asked each minute, and what is stored was read every 15 seconds.
        #expect(script.checks == 9)
        #expect(script.readings == 40)
    }

    @Test("E: while Redis is away what is stored is read every five seconds, and the page says so")
    func streamWithoutRedis() async throws {
        let call = CallID()
        let script = Script(running: [try running(call)], isFollowing: false)
        let told = try await tell(script)
        #expect(told.contains(.mode(.polling)))
        #expect(!told.contains(.mode(.following)))
        #expect(script.readings == 120)

        let broken = Script(running: [], isFollowing: true, fails: true)
        #expect(try await tell(broken).contains(.mode(.unavailable)))
    }

    @Test("B3: a stream ends within a minute of its session")
    func streamOfAnEndedSession() async throws {
        let script = Script(running: [], mayStay: false)
        let told = try await tell(script)
        #expect(told.last == .end(.signedOut))
        #expect(script.checks == 1)
    }

    @Test("a person watches from four pages at most, and a place that was left is free again")
    func seats() {
        let seats = LiveSeats()
        let person = PersonID()
        #expect((0..<5).map { _ in seats.take(person) } == [true, true, true, true, false])
        #expect(seats.take(PersonID()))
        seats.giveBack(person)
        #expect(seats.take(person))
        #expect(!seats.take(person))
    }

    @Test("events are lines of their own, whatever somebody said")
    func wire() throws {
        let visit = try PagesFixture().visit(try PagesFixture.visitor())
        var board = LiveBoard()
        let call = CallID()
        _ = board.read([try running(call, text: "Zeile\n\nevent: end\ndata: {}")])
        let view = LiveCallView(visit, try #require(board.entries.first), at: PagesFixture.now)
        let text = try LiveMessage.call(view).text()
        #expect(text.hasPrefix("event: call\ndata: {"))
        #expect(text.split(separator: "\n").count == 2)
        #expect(text.hasSuffix("}\n\n"))
        #expect(try LiveMessage.heartbeat.text() == ":\n\n")
    }

    // MARK: Hanging up and taking over

    @Test("16: hanging up is confirmed, done once and recorded")
    func hangUp() async throws {
        try await withTestDatabase { database in
            let calls = try await CallsFixture(database)
            let day = try await calls.day()
            let owner = try PagesFixture.visitor(tenant: calls.tenant)
            let question = try await intervene(.hangingUp, database, as: owner, day.running)
            let page = try await question.text()
            try PagesFixture.keep(page, as: "auflegen")
            #expect(question.status == .ok)
            #expect(page.contains("Diesen Anruf beenden?"))
            #expect(try await database.auditCount(calls.tenant) == 0)
            let done = try await intervene(.hangUp, database, as: owner, day.running)
            #expect(done.status == .seeOther)
            #expect(done.headers[.location] == "/anrufe/live")
            #expect(try await database.auditActions(calls.tenant) == ["call.hung_up"])

            let over = try await intervene(.hangingUp, database, as: owner, day.handedOver)
            #expect(over.headers[.location] == "/anrufe/\(day.handedOver)")
            for (visitor, call) in [
                (try PagesFixture.visitor(), day.running), (owner, CallID()),
                (try PagesFixture.visitor(.member(.editor), tenant: calls.tenant), day.running),
            ] {
                #expect(try await intervene(.hangUp, database, as: visitor, call).status == .forbidden)
            }
            #expect(try await database.auditCount(calls.tenant) == 1)
        }
    }

    @Test("16: a number to take over at is read as it is dialled there, checked like a target, and remembered")
    func takeOver() async throws {
        try await withTestDatabase { database in
            let calls = try await CallsFixture(database)
            let day = try await calls.day()
            let owner = try PagesFixture.visitor(tenant: calls.tenant)
            let page = try await intervene(
                .takingOver,
                database,
                as: owner,
                day.running,
                cookies: "__Host-va_takeover=%2B436641234567"
            ).text()
            try PagesFixture.keep(page, as: "uebernehmen")
            #expect(page.contains("value=\"+43 664 1234567\""))

            for (typed, problem) in [
                ("122", "Das ist eine Notrufnummer."),
                ("0044 20 7946 0958", "In dieses Land darf nicht übergeben werden."),
                ("<b>", "Das ist keine Rufnummer."),
            ] {
                let refused = try await intervene(
                    .takeOver,
                    database,
                    as: owner,
                    day.running,
                    body: FormValues.query([("nummer", typed), ("merken", "ja")])
                )
                #expect(refused.status == .unprocessableContent)
                let text = try await refused.text()
                if typed == "122" { try PagesFixture.keep(text, as: "uebernehmen-fehler") }
                #expect(text.contains(problem), "\(typed)")
                #expect(text.contains("aria-invalid"))
                #expect(!text.contains("<b>\""))
            }
            #expect(try await database.auditCount(calls.tenant) == 0)
            let done = try await intervene(
                .takeOver,
                database,
                as: owner,
                day.running,
                body: FormValues.query([("nummer", "0664 1234567"), ("merken", "ja")])
            )
            #expect(done.headers[.location] == "/anrufe/live")
            #expect(done.headers[values: .setCookie].contains { $0.hasPrefix("__Host-va_takeover=%2B436641234567;") })
            #expect(try await database.auditActions(calls.tenant) == ["call.taken_over"])
        }
    }

    // MARK: Parts

    private func live(_ database: TestDatabase, as visitor: Visitor) async throws -> String {
        let pages = PagesFixture()
        let redis = Redis(
            url: try RedisURL(try #require(ProcessInfo.processInfo.environment["REDIS_URL"])),
            metrics: Metrics(),
            logger: PagesFixture.logger
        )
        let reading = CallReading(database.app, time: PagesFixture.time)
        let watch = LiveWatch(redis: redis, reading: reading)
        let response = try await pages.ask(.liveCalls, as: visitor, target: "/anrufe/live") { book in
            LiveController(watch, time: PagesFixture.time) { _ in visitor }.bind(into: &book)
        }
        await redis.close()
        #expect(pages.missing.withLock { $0 } == [])
        return try await response.text()
    }

    private func intervene(
        _ endpoint: Endpoint,
        _ database: TestDatabase,
        as visitor: Visitor,
        _ call: CallID,
        cookies: String = "",
        body: String = ""
    ) async throws -> Response {
        let pages = PagesFixture()
        let reading = CallReading(database.app, time: PagesFixture.time)
        let desk = CallDesk(
            database.app,
            flows: FlowLibrary(database.app) { _ in { _ in nil } },
            life: NodeLife(node: "node-a", epoch: 1)
        )
        let control = LiveControl(
            database.app,
            desk: desk,
            recall: CallRecall { _ in .asked },
            time: PagesFixture.time
        ) { _, _ in true }
        let response = try await pages.ask(
            endpoint,
            as: visitor,
            target: endpoint.path.replacing(":id", with: call.description),
            parameters: ["id": call.description],
            cookies: cookies,
            body: body
        ) { book in
            InterventionController(
                reading,
                control: control,
                destinations: { _ in HandOverDestination(allowedCountries: ["AT", "DE"], ownNumbers: []) }
            ).bind(into: &book)
        }
        #expect(pages.missing.withLock { $0 } == [])
        return response
    }

    /// What a stream tells while its clock runs from one second to the next as fast as it can.
    private func tell(_ script: Script) async throws -> [LiveMessage] {
        let stream = LiveStream(
            visit: try PagesFixture().visit(try PagesFixture.visitor()),
            source: script.source,
            time: script.time,
            mayStay: { script.check() }
        )
        let told = Told()
        try await stream.run { message in
            told.note(message)
            script.note(message)
        }
        return told.all
    }

    private final class Told: Sendable {
        private let messages = Mutex<[LiveMessage]>([])

        var all: [LiveMessage] { messages.withLock { $0 } }

        func note(_ message: LiveMessage) { messages.withLock { $0.append(message) } }
    }

    /// The world of one stream: its clock goes on by a second each time somebody sleeps.
    private final class Script: Sendable {
        private struct State {
            var now = PagesFixture.now
            var checks = 0
            var readings = 0
            var looks = 0
            var seconds = 0
            var awaitedViews: Int

            mutating func tick() -> Bool {
                guard looks > seconds, awaitedViews <= 0 else { return false }
                seconds += 1
                now += 1
                return true
            }
        }

        let messages: AsyncStream<String>.Continuation
        private let stream: AsyncStream<String>
        private let state: Mutex<State>
        private let running: [RunningCall]
        private let isFollowing: Bool
        private let fails: Bool
        private let mayStay: Bool

        /// - Parameter views: how often a call must have been told before the clock goes on.
        init(
            running: [RunningCall],
            isFollowing: Bool = true,
            fails: Bool = false,
            mayStay: Bool = true,
            waitingForViews views: Int = 0
        ) {
            state = Mutex(State(awaitedViews: views))
            (stream, messages) = AsyncStream.makeStream()
            self.running = running
            self.isFollowing = isFollowing
            self.fails = fails
            self.mayStay = mayStay
        }

        var checks: Int { state.withLock(\.checks) }
        var readings: Int { state.withLock(\.readings) }

        func note(_ message: LiveMessage) {
            if case .call = message { state.withLock { $0.awaitedViews -= 1 } }
        }

        func check() -> Bool {
            state.withLock { $0.checks += 1 }
            return mayStay
        }

        var time: TimeSource {
            TimeSource(
                now: { self.state.withLock(\.now) },
                sleep: { _ in
                    // The clock waits until the stream has looked at the second before.
                    while !self.state.withLock({ $0.tick() }) {
                        try Task.checkCancellation()
                        await Task.yield()
                    }
                }
            )
        }

        var source: LiveStream.Source {
            LiveStream.Source(
                isFollowing: {
                    self.state.withLock { $0.looks += 1 }
                    return self.isFollowing
                },
                running: {
                    self.state.withLock { $0.readings += 1 }
                    if self.fails { throw DatabaseError.unavailable(.connection) }
                    return self.running
                },
                messages: { self.stream }
            )
        }
    }

    private func message(_ change: LiveChange) throws -> String { try JSONText(encoding: change).text }

    private func turn(_ ordinal: Int, _ text: String) -> TurnRecord {
        TurnRecord(ordinal: ordinal, speaker: .agent, text: text, startedMs: 0, endedMs: 1, node: "x")
    }

    private func running(_ id: CallID, text: String = "Grüß Gott.") throws -> RunningCall {
        RunningCall(
            line: CallLine(
                id: id,
                caller: .withheld,
                called: try #require(E164("+433160001200")),
                state: .streaming,
                result: .running,
                admittedAt: PagesFixture.now
            ),
            turns: [turn(0, text)]
        )
    }
}
