import Calls
import Database
import Foundation
import Kernel
import TestSupport
import Testing

/// Calls as they stand in a database, told in rows.
struct CallsFixture {
    let database: TestDatabase
    let tenant: TenantID
    private let fixture: Rows

    /// What each call refers to.
    private struct Rows: Sendable {
        let tenant: TenantID
        let version: FlowVersionID
        let assignment: NumberAssignmentID
        let number: E164
    }

    init(_ database: TestDatabase, number: String = "+433160001200") async throws {
        self.database = database
        let tenant = try await database.makeTenant()
        let (flow, version) = try await database.makeLiveFlow(
            tenant,
            name: "Terminannahme",
            document: JSONText(
                text: """
                    {"schema":1,"language":"de-AT","entry":"begruessung","voice":{"name":"de-DE-Chirp3-HD-Leda"},
                    "nodes":{"begruessung":{"type":"greeting","next":"anliegen_klaeren","text":"Grüß Gott."},
                    "anliegen_klaeren":{"type":"conversation","systemPrompt":"Hilf.","onEnd":"ende"},
                    "ordination":{"type":"handOver","target":"ordination","onFailed":"ende"},"ende":{"type":"hangUp"}},
                    "targets":{"ordination":{"name":"Ordination","number":"+43732900200"}}}
                    """
            )
        )
        let e164 = try #require(E164(number))
        let owned = try await database.makeNumber(tenant, e164, flow: flow)
        self.tenant = tenant
        fixture = Rows(tenant: tenant, version: version, assignment: owned.assignment, number: e164)
    }

    /// - Parameter ago: seconds before the pages' now.
    @discardableResult
    func call(
        _ number: Int,
        caller: String? = nil,
        ago: Double,
        seconds: Double? = nil,
        outcome: String? = nil,
        state: String? = nil,
        target: String? = nil,
        refusal: String? = nil
    ) async throws -> CallID {
        let call = CallID()
        let begin = PagesFixture.now.addingTimeInterval(-ago)
        let end = seconds.map { begin.addingTimeInterval($0) }
        let state = state ?? (end == nil ? "streaming" : "ended")
        let fixture = fixture
        let sid = "CA" + call.description.filter { $0 != "-" }
        try await database.app.withTenant(tenant) { transaction in
            let sealed = try transaction.sealedCaller(caller, sid, of: fixture.tenant)
            try transaction.execute(
                """
                INSERT INTO call (tenant_id, id, call_sid, account_sid, assignment_id, flow_version_id, caller_kind,
                    caller, called_e164, admitted_at, state, outcome, ended_at, forward_target, refusal, node)
                VALUES (\(fixture.tenant), \(call), \(sid), \(TestDatabase.accountSid), \(fixture.assignment),
                    \(fixture.version), \(caller == nil ? "withheld" : "number"), \(sealed), \(fixture.number),
                    \(begin), \(state), \(outcome), \(end), \(target), \(refusal), 'node-a')
                """
            )
        }
        return call
    }

    func say(
        _ call: CallID,
        _ ordinal: Int,
        _ speaker: String,
        _ text: String,
        at seconds: Double,
        for length: Double = 4,
        heard: String? = nil,
        latency: (end: Int, token: Int, sound: Int)? = nil,
        node: String = "anliegen_klaeren"
    ) async throws {
        let fixture = fixture
        let stages = latency.map {
            JSONText(
                text: #"{"end_of_turn_ms":\#($0.end),"first_token_ms":\#($0.token),"first_sound_ms":\#($0.sound)}"#
            )
        }
        try await database.app.withTenant(tenant) { transaction in
            let words = try transaction.sealedWords(text, heard: heard, call, ordinal, of: fixture.tenant)
            try transaction.execute(
                """
                INSERT INTO transcript_turn (tenant_id, call_id, ordinal, speaker, words, interrupted,
                    started_ms, ended_ms, latency, node_key)
                VALUES (\(fixture.tenant), \(call), \(ordinal), \(speaker), \(words), \(heard != nil),
                    \(Int(seconds * 1_000)), \(Int((seconds + length) * 1_000)), \(stages), \(node))
                """
            )
        }
    }

    func event(_ call: CallID, _ kind: String, _ key: String, _ body: String, ago: Double) async throws {
        let fixture = fixture
        let at = PagesFixture.now.addingTimeInterval(-ago)
        try await database.app.withTenant(tenant) { transaction in
            let sealed = try transaction.sealedEvent(body, call, kind, key, of: fixture.tenant)
            try transaction.execute(
                """
                INSERT INTO carrier_event (tenant_id, call_id, kind, dedupe_key, at, body)
                VALUES (\(fixture.tenant), \(call), \(kind), \(key), \(at), \(sealed))
                """
            )
        }
    }

    func segment(_ call: CallID, _ kind: String, from ago: Double, seconds: Double) async throws {
        let fixture = fixture
        let start = PagesFixture.now.addingTimeInterval(-ago)
        let end = start.addingTimeInterval(seconds)
        try await database.app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO usage_segment (tenant_id, id, call_id, kind, leg_sid, ordinal, period)
                VALUES (\(fixture.tenant), \(UsageSegmentID()), \(call), \(kind), 'MZ1', 0,
                    tstzrange(\(start), \(end)))
                """
            )
        }
    }

    /// A day at a dentist's.
    func day() async throws -> (handedOver: CallID, running: CallID) {
        let hour = 3_600.0
        for (number, ago) in [6.9, 6.2, 5.9, 5.6, 5.4, 5.2, 4.8, 4.2, 3.6, 3.1, 2.6, 1.9, 1.4, 1.2, 0.9, 0.5]
            .enumerated()
        {
            let call = try await call(
                number,
                caller: "+4366400005\(10 + number)",
                ago: ago * hour,
                seconds: 96 + Double(number * 13 % 70),
                outcome: "abandoned"
            )
            try await say(call, 0, "agent", "Grüß Gott.", at: 0, node: "begruessung")
            try await say(call, 1, "caller", "Ich bräuchte einen Termin.", at: 5)
            let sound = 560 + number * 37 % 260 + (number == 6 ? 700 : 0)
            try await say(call, 2, "agent", "Gerne.", at: 10, latency: (190, sound - 150, sound))
        }
        try await call(30, ago: 1.7 * hour, seconds: 6, outcome: "abandoned")
        try await call(31, caller: "+491713920047", ago: 2.2 * hour, seconds: 112, outcome: "failed")
        try await call(32, caller: "+43316000245", ago: 3.9 * hour, seconds: 0, refusal: "concurrency")
        try await call(33, caller: "+4310001942", ago: 0.8 * hour, seconds: 41, outcome: "no_answer")
        let handedOver = try await self.handedOver()
        let running = try await call(50, caller: "+436640000831", ago: 134)
        try await say(
            running,
            0,
            "agent",
            "Grüß Gott, Sie sprechen mit unserem KI-Assistenten.",
            at: 0,
            node: "begruessung"
        )
        try await say(running, 1, "caller", "Ich müsst den Termin am Montag verschieben.", at: 9)
        try await say(
            running,
            2,
            "agent",
            "Gerne. Am Dienstag um 14 Uhr wäre noch frei.",
            at: 15,
            latency: (190, 470, 610)
        )
        return (handedOver, running)
    }

    private func handedOver() async throws -> CallID {
        let ago = 240.0
        let call = try await call(
            40,
            caller: "+436640000412",
            ago: ago,
            seconds: 222,
            outcome: "handed_over",
            target: "ordination"
        )
        try await say(
            call,
            0,
            "agent",
            "Grüß Gott, Zahnarztpraxis Musterlinde. Sie sprechen mit unserem KI-Assistenten. Was darf ich für Sie tun?",
            at: 0,
            node: "begruessung"
        )
        try await say(
            call,
            1,
            "caller",
            "Ja, grüß Gott, Beispiel mein Name. Ich hab am Montag einen Termin und den müsst ich verschieben.",
            at: 9
        )
        try await say(
            call,
            2,
            "agent",
            "Gerne. Zur Sicherheit bräuchte ich noch Ihr Geburtsdatum.",
            at: 16,
            latency: (190, 470, 610)
        )
        try await say(call, 3, "caller", "Vierzehnter dritter <b>achtundachtzig</b>.", at: 21)
        try await say(
            call,
            4,
            "agent",
            "Frei wären Dienstag um 14 Uhr, Mittwoch um 8:30 Uhr oder Freitag um 11 Uhr.",
            at: 25,
            for: 8.2,
            heard: "Frei wären Dienstag um 14 Uhr,",
            latency: (210, 1_090, 1_260)
        )
        try await say(call, 5, "caller", "Dienstag passt. Mir tut aber auch der Zahn weh.", at: 33)
        try await say(
            call,
            6,
            "agent",
            "Das tut mir leid. Bei Schmerzen verbinde ich Sie direkt mit der Ordination.",
            at: 56,
            latency: (200, 480, 640),
            node: "ordination"
        )
        try await event(
            call,
            "continue",
            "t1",
            #"{"dial":{"_0":{"number":"+43316000300","callerID":"+433160001200","timeoutSeconds":20,"whispers":true}}}"#,
            ago: ago - 62
        )
        try await event(call, "dial_status", "CA9:1", #"{"status":"ringing"}"#, ago: ago - 63)
        try await event(call, "accepted", "CA9", "{}", ago: ago - 71)
        try await segment(call, "bot", from: ago, seconds: 62)
        try await segment(call, "forward", from: ago - 71, seconds: 151)
        return call
    }
}
