import Foundation
import Kernel
import TestSupport
import Testing

/// Performs acts on a stage and holds them against their records.
struct AuditWalk: Sendable {
    /// Of the page that says that something failed.
    private static let heading = "Das hat bei uns nicht geklappt"

    let scene: AuditScene
    let books: AuditBooks

    static func run(_ acts: [AuditAct]) async throws {
        let options = StageOptions {
            $0.limit = .seconds(300)
            // Requests come from addresses of their own.
            $0.settings = ["TRUSTED_PROXIES": "1"]
        }
        try await withStage(options) { stage in
            let books = try await AuditBooks.open(stage.database)
            try await AuditScene.run(on: stage) { scene in
                let walk = AuditWalk(scene: scene, books: books)
                for act in acts {
                    do {
                        try await walk.walk(act)
                    } catch {
                        Issue.record(error, "\(act.title)")
                    }
                }
            }
        }
    }

    private func walk(_ act: AuditAct) async throws {
        guard let prepare = act.prepare else { return }
        let request = try await prepare(scene)
        let recorded = try await perform(act, request)
        if act.silence != nil {
            #expect(request.acts.isEmpty, "\(act.title)")
            #expect(recorded == [], "\(act.title)")
            return
        }
        #expect(!request.acts.isEmpty, "\(act.title)")
        #expect(recorded == request.acts.flatMap(\.self).sorted(), "\(act.title)")
        // Once with each of the first transaction's records refused: none of them may be missing alone.
        for kind in Set((request.acts.first ?? []).map(AuditBooks.Kind.init)) {
            try await refuse(kind, act, try await prepare(scene))
        }
    }

    /// The act as it should go.
    private func perform(_ act: AuditAct, _ request: ActRequest) async throws -> [LedgerRow] {
        let mark = try await books.mark()
        let before = try await books.contents()
        let reply = try await scene.send(request)
        let recorded = try await books.rows(since: mark)
        let changed = AuditBooks.changes(before, try await books.contents()).subtracting(AuditBooks.records)
        switch request.success {
        case .answers(let status):
            #expect(reply.status == status, "\(act.title): \(reply.header("location") ?? "")")
        case .leads(let place):
            #expect(reply.status == 303, "\(act.title)")
            #expect(reply.header("location")?.hasPrefix(place) == true, "\(act.title): \(reply.headers)")
        }
        #expect(reply.isWhole, "\(act.title)")
        if act.silence == nil {
            // An act that changes nothing could not show that a refused one changes nothing either.
            #expect(changed.isEmpty == request.recordsOnly, "\(act.title): \(changed)")
        }
        #expect(try await books.faults(since: mark) == [], "\(act.title)")
        return recorded.sorted()
    }

    /// The act on other things of the same kind, while no record is taken.
    private func refuse(_ kind: AuditBooks.Kind, _ act: AuditAct, _ request: ActRequest) async throws {
        let mark = try await books.mark()
        let before = try await books.contents()
        try await books.set(kind, refusing: true)
        let reply: ActReply
        do {
            reply = try await scene.send(request)
        } catch {
            try await books.set(kind, refusing: false)
            throw error
        }
        try await books.set(kind, refusing: false)
        let title = "\(act.title), refused by \(kind)"
        switch request.failure {
        case .error:
            #expect(reply.status == 500, "\(title): \(reply.header("location") ?? "")")
            let isAPI = request.path.hasPrefix("/api/")
            let type = isAPI ? "application/problem+json" : "text/html"
            #expect(reply.header("content-type")?.hasPrefix(type) == true, "\(title)")
            #expect(reply.body.contains(isAPI ? "\"status\":500" : Self.heading), "\(title)")
        case .brokenOff:
            #expect(!reply.isWhole, "\(title)")
            #expect(reply.body.isEmpty, "\(title)")
        }
        #expect(!reply.body.contains("no record is taken"), "\(title)")
        #expect(try await books.rows(since: mark) == [], "\(title)")
        let after = try await books.contents()
        #expect(AuditBooks.changes(before, after) == [], "\(title)")
    }
}
