import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Audit

@Suite("Anchors of the audit trail")
struct AuditAnchorTests {
    static let seed = Data(repeating: 7, count: 32)
    /// 2026-08-02T10:20:00Z.
    static let start = Date(timeIntervalSince1970: 1_785_666_000)

    private static func anchors(
        _ database: TestDatabase,
        _ folder: URL,
        _ time: TimeSource
    ) throws -> AuditAnchors {
        AuditAnchors(database.app, folder: folder, key: try AuditAnchorKey(seed: seed), time: time)
    }

    private static func names(_ folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jsonl") }.sorted()
    }

    @Test("G4 the heads of all chains are kept at the start and at every full hour, signed and linked")
    func hourly() async throws {
        try await withTestDatabase { database in
            try await withFolder { folder in
                let tenant = try await database.makeTenant()
                let head = try await Sample.record(3, tenant, database)
                let clock = JumpingClock(Self.start, sleeps: 3)
                let anchors = try Self.anchors(database, folder, clock.time)
                await #expect(throws: CancellationError.self) { try await anchors.run { _ in } }
                #expect(
                    try Self.names(folder) == ["2026-08-02/10.jsonl", "2026-08-02/11.jsonl", "2026-08-02/12.jsonl"]
                )
                #expect(clock.slept == [.seconds(2_401), .seconds(3_600), .seconds(3_600)])
                let all = try AuditAnchorFolder(folder).anchors()
                #expect(
                    all.map(\.chain) == ["\(tenant)", "platform", "\(tenant)", "platform", "\(tenant)", "platform"]
                )
                let key = try AuditAnchorKey(seed: Self.seed).publicKey
                #expect(all.allSatisfy { $0.isSigned(by: key) })
                #expect(all.filter { $0.chain == "\(tenant)" }.allSatisfy { $0.head == head })
                #expect(all.last?.head.seq ?? 0 > all[1].head.seq)
                #expect(all[0].previous == AuditHead.empty.hash)
                #expect(try AuditAnchorFolder(folder).latest(.tenant(tenant)) == all[4])
            }
        }
    }

    @Test("G4 a start within an hour that has its anchors takes none, nor does a second process")
    func onceAnHour() async throws {
        try await withTestDatabase { database in
            try await withFolder { folder in
                for _ in 0..<3 {
                    let clock = JumpingClock(Self.start, sleeps: 1)
                    let anchors = try Self.anchors(database, folder, clock.time)
                    await #expect(throws: CancellationError.self) { try await anchors.run { _ in } }
                }
                #expect(try Self.names(folder) == ["2026-08-02/10.jsonl"])
            }
        }
    }

    @Test("an anchoring that fails is reported and tried again after a minute")
    func failure() async throws {
        try await withTestDatabase { database in
            try await withFolder { folder in
                let file = folder.appending(path: "blocked")
                try Data().write(to: file)
                let clock = JumpingClock(Self.start, sleeps: 2)
                let anchors = try Self.anchors(database, file, clock.time)
                let failures = Shared(0)
                await #expect(throws: CancellationError.self) {
                    try await anchors.run { if case .failed = $0 { failures.update { $0 += 1 } } }
                }
                #expect(failures.value == 2)
                #expect(clock.slept == [.seconds(60), .seconds(60)])
            }
        }
    }

    @Test("a file that was not finished is continued beside it, and its unfinished line counts for nothing")
    func unfinished() async throws {
        try await withTestDatabase { database in
            try await withFolder { folder in
                _ = try await database.makeTenant()
                let anchors = try Self.anchors(database, folder, JumpingClock(Self.start, sleeps: 1).time)
                let first = try await anchors.anchor()
                let text = try String(contentsOf: first.file, encoding: .utf8)
                try Data(text.dropLast(40).utf8).write(to: first.file)
                await #expect(throws: CancellationError.self) { try await anchors.run { _ in } }
                #expect(try Self.names(folder) == ["2026-08-02/10.jsonl", "2026-08-02/10_2.jsonl"])
                #expect(try AuditAnchorFolder(folder).anchors().count == 1)
            }
        }
    }

    @Test("a file is never opened for writing again")
    func writtenOnce() async throws {
        try await withTestDatabase { database in
            try await withFolder { folder in
                let anchors = try Self.anchors(database, folder, .still)
                let first = try await anchors.anchor()
                let content = try Data(contentsOf: first.file)
                for _ in 2...9 { try await anchors.anchor() }
                #expect(try Data(contentsOf: first.file) == content)
                #expect(try AuditAnchorFolder(folder).anchors().count == 9)
                await #expect(throws: AuditAnchorFolder.Failure.full) { try await anchors.anchor() }
            }
        }
    }

    @Test("G4 each opening of the platform's door by the anchoring stands in the platform's chain")
    func audited() async throws {
        try await withTestDatabase { database in
            try await withFolder { folder in
                try await Self.anchors(database, folder, .still).anchor()
                let page = try await AuditArchive(database.app).platformPage(actor: "a", reason: "b", limit: 5)
                #expect(page.entries.map(\.actor.name) == ["a", "job:audit-anchor"])
            }
        }
    }

    @Test(
        "a changed, removed or foreign line of the folder is found",
        arguments: ["change", "remove", "swap", "remove file"]
    )
    func damage(kind: String) async throws {
        try await withTestDatabase { database in
            try await withFolder { folder in
                _ = try await Sample.record(1, try await database.makeTenant(), database)
                let anchors = try Self.anchors(database, folder, .still)
                let files = [try await anchors.anchor().file, try await anchors.anchor().file]
                try await anchors.anchor()
                var lines = try String(contentsOf: files[1], encoding: .utf8).split(separator: "\n").map(String.init)
                switch kind {
                case "change": lines[0] = lines[0].replacing("\"seq\":1", with: "\"seq\":2")
                case "remove": lines.removeFirst()
                case "swap": lines.swapAt(0, 1)
                default: try FileManager.default.removeItem(at: files[1])
                }
                if kind != "remove file" {
                    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: files[1])
                }
                #expect(throws: AuditAnchorFolder.Failure.self) { try AuditAnchorFolder(folder).anchors() }
                // Anchoring goes on all the same.
                try await anchors.anchor()
            }
        }
    }

    @Test("an anchor in another spelling, of another key or with another word is no proof")
    func signatures() throws {
        let key = try AuditAnchorKey(seed: Self.seed)
        let head = AuditHead(seq: 4, hash: Data(repeating: 1, count: 32))
        let anchor = try AuditAnchor(
            chain: "platform",
            head: head,
            time: "2026-08-02T10:00:00Z",
            previous: AuditHead.empty.hash,
            signedBy: key
        )
        #expect(AuditAnchor(line: anchor.line) == anchor)
        #expect(AuditAnchor(line: " " + anchor.line) == nil)
        #expect(AuditAnchor(line: anchor.line.replacing("\"seq\":4", with: "\"more\":1,\"seq\":4")) == nil)
        #expect(anchor.isSigned(by: key.publicKey))
        #expect(!anchor.isSigned(by: try AuditAnchorKey(seed: Data(repeating: 8, count: 32)).publicKey))
        let changed = try #require(AuditAnchor(line: anchor.line.replacing("\"seq\":4", with: "\"seq\":5")))
        #expect(!changed.isSigned(by: key.publicKey))
        #expect(throws: AuditAnchorKey.Malformed.self) { try AuditAnchorKey(seed: Data([1])) }
    }
}
