import Database
import Flows
import Foundation
import Kernel
import Localization
import Logging
import Numbers
import RedisStore
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Calls

/// A tenant with a live flow and a number, and the desk that takes its calls.
struct DeskFixture: Sendable {
    static let account = AccountSid("AC00000000000000000000000000000001")
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    let database: TestDatabase
    let tenant: TenantID
    let flow: FlowID
    let version: FlowVersionID
    let number: E164
    let account: AccountSid
    let flows: FlowLibrary
    let life: NodeLife
    let desk: CallDesk
    let queue: FactQueue
    let memory = CallMemory()
    let texts: SpeechTexts

    static func make(
        _ database: TestDatabase,
        on application: Database? = nil,
        number: String = "+43732900100",
        document: FlowDocument = DeskFixture.document,
        maxConcurrentCalls: Int = 10,
        maxCallSeconds: Int = 1_800,
        time: TimeSource = .still
    ) async throws -> DeskFixture {
        let number = try #require(E164(number))
        let tenant = try await database.makeTenant(
            maxConcurrentCalls: maxConcurrentCalls,
            maxCallSeconds: maxCallSeconds
        )
        let (flow, version) = try await database.makeLiveFlow(
            tenant,
            document: JSONText(text: document.json.canonical)
        )
        _ = try await database.makeNumber(tenant, number, flow: flow)
        let application = application ?? database.app
        let flows = FlowLibrary(application) { _ in { _ in nil } }
        let life = try await NodeLease(database.app).begin("node-a", address: nil, at: start)
        let desk = CallDesk(application, flows: flows, life: life)
        return DeskFixture(
            database: database,
            tenant: tenant,
            flow: flow,
            version: version,
            number: number,
            account: try #require(account),
            flows: flows,
            life: life,
            desk: desk,
            queue: FactQueue(desk, time: time, logger: silent, metrics: Metrics()),
            texts: try SpeechTexts(Catalog.load(resources: resources), .de)
        )
    }

    func director(
        gate: CallGate = CallGate(admitsNumber: { _ in true }, admitsTenant: { _ in true }),
        destinations: @escaping CallDirector.Destinations = { _ in nil }
    ) -> CallDirector {
        let texts = texts
        return CallDirector(
            desk: desk,
            queue: queue,
            memory: memory,
            gate: gate,
            texts: { _ in texts },
            logger: silent,
            metrics: Metrics(),
            destinations: destinations
        )
    }

    func arrival(_ sid: CallSid, at instant: Date = DeskFixture.start) -> CallArrival {
        CallArrival(callSid: sid, accountSid: account, caller: .withheld, called: number, at: instant)
    }

    func step(_ sid: CallSid, after seconds: Double = 0, isOver: Bool = false, token: String? = nil) -> CallStep {
        CallStep(
            callSid: sid,
            accountSid: account,
            called: number,
            isOver: isOver,
            idempotencyToken: token,
            at: Self.start.addingTimeInterval(seconds)
        )
    }

    /// A call that is admitted and streams.
    func streamingCall(_ sid: CallSid, _ stream: StreamSid, at instant: Date = start) async throws -> StreamBeginning {
        guard case .admitted = try await desk.admit(arrival(sid, at: instant)) else { throw NotAdmitted() }
        return try await desk.beginStream(sid, account: account, stream: stream, ordinal: 0, at: instant).get()
    }

    struct NotAdmitted: Error {}

    /// One conversation that can hand over to the workshop.
    static var document: FlowDocument {
        FlowDocument(
            language: "de-AT",
            voice: FlowVoice(name: "de-DE-Chirp3-HD-Leda"),
            entry: "hallo",
            nodes: [
                "hallo": .greeting(GreetingNode(text: "Hier spricht die KI.", next: "gespraech")),
                "gespraech": .conversation(
                    ConversationNode(
                        systemPrompt: "x",
                        tools: [.handOver],
                        targets: ["werkstatt"],
                        onHandOver: "verbinden",
                        onEnd: "ende"
                    )
                ),
                "verbinden": .handOver(
                    HandOverNode(
                        announcement: "Ich verbinde.",
                        onFailed: "niemand",
                        onBusy: "besetzt",
                        onDeclined: "gespraech"
                    )
                ),
                "niemand": .announcement(AnnouncementNode(text: "Niemand da.", next: "ende")),
                "besetzt": .announcement(AnnouncementNode(text: "Besetzt.", next: "ende")),
                "ende": .hangUp,
            ],
            targets: E164("+43732900200").map { ["werkstatt": HandOverTarget(name: "Werkstatt", number: $0)] } ?? [:]
        )
    }

    private static let resources = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Resources")
}

let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

func callSid(_ number: Int = 1) throws -> CallSid {
    let digits = String(number)
    return try #require(CallSid("CA" + String(repeating: "0", count: 32 - digits.count) + digits))
}

func streamSid(_ number: Int = 1) throws -> StreamSid { try #require(StreamSid("MZ\(number)")) }

extension UsageSegment {
    var milliseconds: Int { Int((end.timeIntervalSince(start) * 1_000).rounded()) }
}

func handOver(node: String? = "verbinden", announced: Bool = true, summary: String = "Pickerl") -> CallIntent {
    .handOver(HandOverIntent(target: "werkstatt", node: node, summary: summary, announced: announced))
}
