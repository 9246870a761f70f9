import Foundation
import HTTPTypes
import Kernel
import Tenants
import TestSupport
import Testing

@testable import API

struct NumberTests {
    private let number = #"{"number":"0732 900 100"}"#

    @Test("a number is added, led to a flow, led nowhere and given back; each act leaves one line in the key's name")
    func life() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let description = try Description()
            let added = try await world.post("/api/v1/numbers", key, number)
            #expect(added.status == 201 && added.header("location") == "/api/v1/numbers/+43732900100")
            #expect(description.faults(added, "POST", "/api/v1/numbers") == [])
            #expect(added.json?["state"] == "unassigned" && added.json?["typed"] == "0732 900 100")
            let again = try await world.post("/api/v1/numbers", key, number)
            #expect(again.status == 200 && description.faults(again, "POST", "/api/v1/numbers") == [])
            let path = "/api/v1/numbers/%2B43732900100"
            let led = try await world.ask(.put, path + "/flow", key, #"{"flow_id":"\#(world.flow)"}"#)
            #expect(led.status == 200 && led.json?["flow"]?["id"]?.string == world.flow.description)
            #expect(description.faults(led, "PUT", "/api/v1/numbers/{number}/flow") == [])
            #expect(led.json?["state"] == "active")
            for _ in 0..<2 {
                let nowhere = try await world.ask(.put, path + "/flow", key, #"{"flow_id":null}"#)
                #expect(nowhere.status == 200 && nowhere.json?["flow"] == .null)
            }
            let one = try await world.get(path, key)
            #expect(one.status == 200 && description.faults(one, "GET", "/api/v1/numbers/{number}") == [])
            let released = try await world.ask(.delete, path, key)
            #expect(released.status == 204 && released.bytes.isEmpty)
            #expect(try await world.get(path, key).status == 403)
            #expect(try await world.get("/api/v1/numbers", key).items == [])
            let resting = try await world.post("/api/v1/numbers", key, number)
            #expect(resting.status == 409 && resting.code == "number_unavailable")
            #expect(resting.json?["errors"]?.values?.first?["code"] == "quarantined")
            let actions = try await world.test.auditActions(world.tenant).filter { $0.hasPrefix("number.") }
            #expect(
                actions == [
                    "number.claimed", "number.verified", "number.assigned", "number.unassigned", "number.released",
                ]
            )
            let log = try await world.get("/api/v1/audit-entries?action=number.", key)
            #expect(description.faults(log, "GET", "/api/v1/audit-entries") == [])
            #expect(log.items.count == 5 && log.items.allSatisfy { $0["actor"]?["kind"] == "api_key" })
            #expect(log.items.first?["actor"]?["address_prefix"] == "192.0.2.0/24")
        }
    }

    @Test("numbers are listed by number, and a cursor stays where it is while numbers come in")
    func list() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            for end in ["3", "1", "5"] {
                _ = try await world.post("/api/v1/numbers", key, #"{"number":"+4373290010\#(end)"}"#)
            }
            let first = try await world.get("/api/v1/numbers?limit=2", key)
            #expect(try Description().faults(first, "GET", "/api/v1/numbers") == [])
            #expect(first.items.map { $0["number"] } == ["+43732900101", "+43732900103"])
            _ = try await world.post("/api/v1/numbers", key, #"{"number":"+43732900102"}"#)
            let rest = try await world.get("/api/v1/numbers?limit=2&cursor=\(try #require(first.next))", key)
            #expect(rest.items.map { $0["number"] } == ["+43732900105"] && rest.next == nil)
        }
    }

    @Test("bodies are read strictly, and everything that is wrong is named with its place")
    func badBodies() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            func faults(_ body: String) async throws -> [[String?]] {
                let reply = try await world.post("/api/v1/numbers", key, body)
                #expect(reply.status == 422 && reply.code == "invalid_request", "\(body)")
                #expect(try Description().faults(reply, "POST", "/api/v1/numbers") == [])
                return (reply.json?["errors"]?.values ?? []).map { [$0["pointer"]?.string, $0["code"]?.string] }
            }
            #expect(try await faults("{}") == [["#/number", "missing"]])
            #expect(try await faults("[]") == [["#", "wrong_type"]])
            #expect(
                try await faults(#"{"number":7,"region":"XX","flow_id":"1","a/b~ö":1}"#) == [
                    ["#/number", "wrong_type"], ["#/region", "malformed"], ["#/flow_id", "malformed"],
                    ["#/a~1b~0%C3%B6", "unknown_member"],
                ]
            )
            #expect(try await faults(#"{"number":null}"#) == [["#/number", "wrong_type"]])
            #expect(try await faults(#"{"number":"abc"}"#) == [["#/number", "refusal_letters"]])
            #expect(try await faults(#"{"number":"+43662123456"}"#) == [["#/number", "not_at_carrier"]])
            #expect(
                try await faults(#"{"number":"+43732900100","flow_id":"\#(FlowID())"}"#)
                    == [["#/flow_id", "unknown_flow"]]
            )
            let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
            for body in ["", "{", #"{"number":"1","number":"2"}"#, #"{"number":"\ud800"}"#, #"{"x":\#(deep)}"#, "{}x"] {
                let reply = try await world.post("/api/v1/numbers", key, body)
                #expect(reply.status == 400 && reply.code == "malformed_json", "\(body)")
            }
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/json-seq", ""] {
                let reply = try await world.post("/api/v1/numbers", key, number, ["content-type": type])
                #expect(reply.status == 415 && reply.code == "unsupported_media_type", "\(type)")
            }
            let charset = try await world.post(
                "/api/v1/numbers",
                key,
                number,
                ["content-type": "Application/JSON; charset=utf-8"]
            )
            #expect(charset.status == 201)
        }
    }

    @Test("to let a new number lead to a flow, a key needs the scope for that too")
    func flowScope() async throws {
        try await APIWorld.run { world in
            let body = #"{"number":"+43732900100","flow_id":"\#(world.flow)"}"#
            let refused = try await world.post("/api/v1/numbers", try await world.key([.numbersWrite]), body)
            #expect(refused.status == 403 && world.asked.value == 0)
            let done = try await world.post("/api/v1/numbers", try await world.key(), body)
            #expect(done.status == 201 && done.json?["state"] == "active")
        }
    }

    @Test("a foreign flow is refused like one that does not exist")
    func foreignFlow() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            _ = try await world.post("/api/v1/numbers", key, number)
            let stranger = try await world.stranger()
            var bodies: Set<[UInt8]> = []
            for flow in [stranger.fixture.flow, FlowID()] {
                let body = #"{"flow_id":"\#(flow)"}"#
                let reply = try await world.ask(.put, "/api/v1/numbers/+43732900100/flow", key, body)
                #expect(reply.status == 422)
                bodies.insert(reply.bytes)
            }
            #expect(bodies.count == 1)
        }
    }

    @Test("a number of somebody else is not available, and nobody learns whose it is")
    func taken() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            _ = try await world.stranger()
            let reply = try await world.post("/api/v1/numbers", key, #"{"number":"+43732900777"}"#)
            #expect(reply.status == 409 && reply.json?["errors"]?.values?.first?["code"] == "taken")
        }
    }

    @Test("while the carrier is away nothing is changed, and the same key may be used again")
    func outage() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            world.outage.update { $0 = true }
            let away = try await world.post("/api/v1/numbers", key, number, ["idempotency-key": "eins"])
            #expect(away.status == 503 && away.code == "carrier_unavailable" && away.header("retry-after") != nil)
            world.outage.update { $0 = false }
            let later = try await world.post("/api/v1/numbers", key, number, ["idempotency-key": "eins"])
            #expect(later.status == 201)
        }
    }
}
