import Database
import Foundation
import HTTPTypes
import Kernel
import Tenants
import TestSupport
import Testing

@testable import API

struct IdempotencyTests {
    private let number = #"{"number":"+43732900100"}"#

    @Test("fifty equal requests at once take effect once, and who repeats one gets the first answer")
    func concurrent() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await world.post("/api/v1/numbers", key, number, ["idempotency-key": "eine"])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let done = replies.filter { $0.status == 201 }
            #expect(world.asked.value == 1)
            #expect(!done.isEmpty && Set(done.map(\.bytes)).count == 1)
            #expect(done.count { $0.header("idempotency-replayed") == nil } == 1)
            for reply in replies where reply.status != 201 {
                #expect(reply.status == 409 && reply.code == "request_running")
                #expect(reply.header("retry-after") == "1")
            }
            let later = try await world.post("/api/v1/numbers", key, number, ["idempotency-key": "eine"])
            #expect(later.status == 201 && later.bytes == done.first?.bytes)
            #expect(later.header("idempotency-replayed") == "true")
            #expect(later.header("location") == "/api/v1/numbers/+43732900100")
            let actions = try await world.test.auditActions(world.tenant)
            #expect(actions.count { $0 == "number.claimed" } == 1)
        }
    }

    @Test("the same key with another request is refused; keys of others do not matter")
    func otherRequest() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let headers = ["idempotency-key": "eine"]
            #expect(try await world.post("/api/v1/numbers", key, number, headers).status == 201)
            let other = try await world.post("/api/v1/numbers", key, #"{"number":"+43732900101"}"#, headers)
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
            let elsewhere = try await world.ask(.delete, "/api/v1/numbers/+43732900100", key, nil, headers)
            #expect(elsewhere.status == 422)
            let another = try await world.post("/api/v1/numbers", try await world.key(), number, headers)
            #expect(another.status == 200)
            for malformed in ["", String(repeating: "x", count: 256), "mit Leerzeichen"] {
                let reply = try await world.post("/api/v1/numbers", key, number, ["idempotency-key": malformed])
                #expect(reply.status == 422, "\(malformed)")
                #expect(reply.json?["errors"]?.values?.first?["header"] == "Idempotency-Key")
            }
        }
    }

    @Test("a number that was given back is answered as given back when the request comes again")
    func release() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            _ = try await world.post("/api/v1/numbers", key, number)
            for _ in 0..<2 {
                let path = "/api/v1/numbers/+43732900100"
                let reply = try await world.ask(.delete, path, key, nil, ["idempotency-key": "weg"])
                #expect(reply.status == 204 && reply.bytes.isEmpty)
            }
        }
    }

    @Test("refusals are kept as well, and everything for a day")
    func kept() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let headers = ["idempotency-key": "eine"]
            let body = #"{"number":"+43662123456"}"#
            let first = try await world.post("/api/v1/numbers", key, body, headers)
            #expect(first.status == 422 && first.header("idempotency-replayed") == nil)
            let again = try await world.post("/api/v1/numbers", key, body, headers)
            #expect(again.bytes == first.bytes && again.header("idempotency-replayed") == "true")
            #expect(again.header("content-type") == "application/problem+json")
            #expect(world.asked.value == 1)
            world.clock.update { $0 += 86_401 }
            _ = try await world.post("/api/v1/numbers", key, body, headers)
            #expect(world.asked.value == 2)
        }
    }

    @Test("a request that never got an answer is held for lost after a minute")
    func lost() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let headers = ["idempotency-key": "eine"]
            #expect(try await world.post("/api/v1/numbers", key, number, headers).status == 201)
            try await world.test.app.withTenant(world.tenant) { transaction in
                try transaction.execute("UPDATE api_idempotency SET status = NULL, body = NULL")
            }
            #expect(try await world.post("/api/v1/numbers", key, number, headers).status == 409)
            world.clock.update { $0 += 61 }
            #expect(try await world.post("/api/v1/numbers", key, number, headers).status == 200)
        }
    }

    @Test("the worker removes what is older than a day and nothing else")
    func purge() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let tenant = world.tenant
            for index in 0..<3 {
                _ = try await world.post("/api/v1/numbers", key, number, ["idempotency-key": "k\(index)"])
            }
            let idempotency = Idempotency(world.test.app, time: world.time)
            #expect(try await idempotency.purge([tenant]) == 0)
            world.clock.update { $0 += 86_401 }
            #expect(try await idempotency.purge([tenant]) == 3)
        }
    }
}
