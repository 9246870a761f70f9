import Credentials
import Database
import Foundation
import HTTPTypes
import HummingbirdCore
import Kernel
import Localization
import RedisStore
import Tenants
import TestSupport
import Testing
import Web

@testable import API

struct DoorTests {
    @Test("B7: missing, malformed, unknown, expired and revoked keys have one answer; a good one passes")
    func authentication() async throws {
        try await APIWorld.run { world in
            let good = try await world.key()
            #expect(try await world.get("/api/v1/me", good).status == 200)
            let expired = try await world.key(expiresAt: world.clock.value.addingTimeInterval(60))
            let revoked = try await world.key([.auditRead])
            for line in try await world.keys.list(world.tenant) where line.scopes == [.auditRead] {
                _ = try await world.keys.revoke(
                    world.tenant,
                    line.id,
                    by: Acting(.member(world.owner.person), name: "Anna")
                )
            }
            #expect(try await world.get("/api/v1/me", expired).status == 200)
            world.clock.update { $0 += 61 }
            var refusals: [Reply] = [
                try await world.get("/api/v1/me", nil),
                try await world.get("/api/v1/me", "va_live_"),
                try await world.get("/api/v1/me", String(good.dropLast()) + (good.hasSuffix("A") ? "B" : "A")),
                try await world.get("/api/v1/me", APIKeyText.make().reveal()),
                try await world.get("/api/v1/me", expired),
                try await world.get("/api/v1/me", revoked),
                try await world.get("/api/v1/me", nil, ["authorization": "Basic \(good)"]),
                try await world.get("/api/v1/me", nil, ["authorization": good]),
                try await world.get("/api/v1/me", nil, ["authorization": ""]),
            ]
            try await world.set(.closed)
            refusals.append(try await world.get("/api/v1/me", good))
            for refusal in refusals {
                #expect(refusal.status == 401 && refusal.code == "unauthorized")
                #expect(refusal.header("www-authenticate") == #"Bearer realm="VoiceAgent API""#)
                #expect(refusal.bytes == refusals[0].bytes)
                #expect(refusal.response.headers == refusals[0].response.headers)
            }
            #expect(try Description().faults(refusals[0], "GET", "/api/v1/me") == [])
        }
    }

    @Test("B7: a key with a wrong checksum asks nobody")
    func checksum() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let before = world.statements.value.count
            _ = try await world.get("/api/v1/me", String(key.dropLast()) + (key.hasSuffix("A") ? "B" : "A"))
            #expect(world.statements.value.count == before)
        }
    }

    @Test("B8: each address answers to exactly its scope, and refuses everything else alike")
    func scopes() async throws {
        try await APIWorld.run { world in
            let targets: [Endpoint: String] = [
                .apiCalls: "/api/v1/calls", .apiCall: "/api/v1/calls/\(CallID())",
                .apiTranscript: "/api/v1/calls/\(CallID())/transcript",
                .apiSegments: "/api/v1/calls/\(CallID())/segments", .apiEvents: "/api/v1/calls/\(CallID())/events",
                .apiNumbers: "/api/v1/numbers", .apiNumberClaim: "/api/v1/numbers",
                .apiNumber: "/api/v1/numbers/+43732900555", .apiNumberFlow: "/api/v1/numbers/+43732900555/flow",
                .apiNumberRelease: "/api/v1/numbers/+43732900555", .apiMembers: "/api/v1/members",
                .apiAudit: "/api/v1/audit-entries",
            ]
            var bodies: Set<[UInt8]> = []
            for endpoint in Endpoint.apiTable {
                guard case .apiKey(let scope) = endpoint.access, scope != .overviewRead else { continue }
                let target = try #require(targets[endpoint], "a new address needs a line here")
                let without = try await world.key(AccessMatrix.keyScopes.filter { $0 != scope })
                let reply = try await world.ask(endpoint.method, target, without, "{}")
                #expect(reply.status == 403, "\(endpoint.path)")
                bodies.insert(reply.bytes)
                let denied = try #require(world.denied.value.last)
                #expect(denied.route == "\(endpoint.method.rawValue) \(endpoint.path)" && denied.tenant == world.tenant)
                world.denied.update { $0 = [] }
                let with = try await world.ask(endpoint.method, target, try await world.key([scope]), "{}")
                let isList = !endpoint.path.contains(":") && endpoint.method == .get
                // Where there is an object in the path there is none of that name, or the body says nothing.
                #expect(isList ? with.status == 200 : [403, 422].contains(with.status), "\(endpoint.path)")
                if with.status == 403 { bodies.insert(with.bytes) }
            }
            #expect(bodies.count == 1)
            for scope in AccessMatrix.keyScopes {
                #expect(try await world.get("/api/v1/me", try await world.key([scope])).status == 200)
            }
        }
    }

    @Test("decision 3: foreign, nonexistent and malformed ids have one answer, and the same statements")
    func uniform() async throws {
        try await APIWorld.run { world in
            let stranger = try await world.stranger()
            let key = try await world.key()
            func trace(_ target: String, _ method: HTTPRequest.Method = .get) async throws -> (Reply, [String]) {
                world.statements.update { $0 = [] }
                let reply = try await world.ask(method, target, key, method == .put ? #"{"flow_id":null}"# : nil)
                return (reply, world.statements.value)
            }
            // The first request writes when the key was last used.
            _ = try await world.get("/api/v1/me", key)
            let reference = try await world.get("/api/v1/calls/\(CallID())", key)
            #expect(reference.status == 403)
            for part in ["", "/transcript", "/segments", "/events"] {
                let foreign = try await trace("/api/v1/calls/\(stranger.call)\(part)")
                let nonexistent = try await trace("/api/v1/calls/\(CallID())\(part)")
                let malformed = try await trace("/api/v1/calls/x\(part)")
                for reply in [foreign.0, nonexistent.0, malformed.0] {
                    #expect(reply.status == 403 && reply.bytes == reference.bytes)
                }
                #expect(foreign.1 == nonexistent.1 && foreign.1.count >= 2)
            }
            for (method, part) in [(HTTPRequest.Method.get, ""), (.put, "/flow"), (.delete, "")] {
                let foreign = try await trace("/api/v1/numbers/%2B43732900777\(part)", method)
                let nonexistent = try await trace("/api/v1/numbers/+43732900778\(part)", method)
                for reply in [foreign.0, nonexistent.0, try await trace("/api/v1/numbers/0732\(part)", method).0] {
                    #expect(reply.status == 403 && reply.bytes == reference.bytes)
                }
                #expect(foreign.1 == nonexistent.1)
            }
            let denied = world.denied.value.map { [$0.kind.rawValue, $0.object] }
            #expect(denied.contains(["call", stranger.call.description]))
            #expect(denied.contains(["number", "+43732900777"]))
            #expect(denied.count == 22)
            #expect(try await world.test.auditActions(world.tenant).filter { $0.hasPrefix("number.") } == [])
        }
    }

    @Test("a suspended tenant reads and does not write")
    func suspended() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            try await world.set(.suspended)
            #expect(try await world.get("/api/v1/me", key).json?["tenant"]?["state"] == "suspended")
            let refused = try await world.post("/api/v1/numbers", key, #"{"number":"+43732900100"}"#)
            #expect(refused.status == 409 && refused.code == "tenant_suspended")
            #expect(try Description().faults(refused, "POST", "/api/v1/numbers") == [])
            #expect(world.asked.value == 0)
        }
    }

    @Test("E7: one request too many is refused with the time to wait, for the key and for the tenant")
    func limits() async throws {
        try await APIWorld.run(limits: (RateLimit(2, per: .seconds(60)), RateLimit(3, per: .seconds(60)))) { world in
            let (one, other) = (try await world.key(), try await world.key())
            let first = try await world.get("/api/v1/me", one)
            #expect(first.header("RateLimit-Policy") == #""key";q=2;w=60, "tenant";q=3;w=60"#)
            #expect(first.header("RateLimit")?.hasPrefix(#""key";r=1;t="#) == true)
            #expect(try await world.get("/api/v1/me", one).status == 200)
            let refused = try await world.get("/api/v1/me", one)
            #expect(refused.status == 429 && refused.code == "too_many_requests")
            let wait = try #require(refused.header("Retry-After").flatMap { Int($0) })
            #expect((1...30).contains(wait))
            #expect(refused.header("RateLimit") == "\"key\";r=0;t=\(wait)")
            #expect(try Description().faults(refused, "GET", "/api/v1/me") == [])
            #expect(try await world.get("/api/v1/me", other).status == 200)
            let tenant = try await world.get("/api/v1/me", other)
            #expect(tenant.status == 429 && tenant.header("RateLimit")?.contains(#""tenant";r=0"#) == true)
        }
    }

    @Test("while the database is away, requests are answered with 503 and when to come again")
    func away() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            try await world.test.withDatabase {
                $0.url = Secret("postgresql://nobody@127.0.0.1:1/none")
            } _: { away in
                let keys = APIKeys(
                    away,
                    outbox: try world.outbox(away),
                    links: TenantLinks(base: ""),
                    pepper: Secret("a pepper"),
                    time: world.time
                )
                let door = APIDoor(
                    keys: keys,
                    limits: world.limits,
                    idempotency: Idempotency(away, time: world.time),
                    catalog: try APIWorld.texts(),
                    time: world.time,
                    onDenied: { _ in }
                )
                var routes = RouteBook()
                door.reading(.apiMe, in: &routes) { _ in APIAnswer.noContent }
                let reply = try await world.on(routes).get("/api/v1/me", key)
                #expect(reply.status == 503 && reply.code == "unavailable")
                #expect(reply.header("Retry-After") == "5")
            }
        }
    }

    @Test("every answer forbids guessing its type and keeping it; refusals speak German or as they are asked to")
    func headers() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            for reply in [try await world.get("/api/v1/me", key), try await world.get("/api/v1/me", nil)] {
                #expect(reply.header("x-content-type-options") == "nosniff")
                #expect(reply.header("cache-control") == "no-store")
                #expect(reply.header("access-control-allow-origin") == nil)
            }
            let spoken: [(String, Language)] = [
                ("", .de), ("en", .en), ("en-GB,de;q=0.5", .en), ("de,en", .de), ("de;q=0.2, en;q=0.9", .en),
                ("fr, en;q=0.1", .en), ("en;q=0", .de), ("*", .de), ("en;q=zwei,de", .en),
            ]
            for (accepted, language) in spoken {
                let refusal = try await world.get("/api/v1/me", nil, ["accept-language": accepted])
                #expect(refusal.header("content-language") == language.rawValue, "\(accepted)")
                #expect(refusal.json?["title"]?.string == (try APIWorld.text("api.title_unauthorized", language)))
            }
            let document = try await world.get("/api/v1/openapi.json", nil)
            #expect(document.status == 200 && document.json?["openapi"] == "3.1.0")
        }
    }

    @Test("what is refused before a handler is asked is spelled alike")
    func unmatched() throws {
        let problems = APIFailures(catalog: try APIWorld.texts())
        var allow = HTTPFields()
        allow[.allow] = "GET, HEAD"
        let failure = WebFailure(.methodNotAllowed, "method_not_allowed", headers: allow)
        let response = problems.response(failure, to: HTTPFields())
        #expect(response.status.code == 405 && response.headers[.allow] == "GET, HEAD")
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(APIFailures.covers(path: "/api/v1/x") && !APIFailures.covers(path: "/api/v11"))
        for (status, code) in [
            (404, "not_found"), (413, "content_too_large"), (400, "bad_request"), (500, "internal_error"),
        ] {
            #expect(ProblemCode(.init(code: status)).rawValue == code)
        }
    }
}
