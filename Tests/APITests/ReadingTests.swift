import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@testable import API

struct ReadingTests {
    @Test("a key learns whose it is; members and the log are as the description says")
    func answers() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let description = try Description()
            for path in ["/api/v1/me", "/api/v1/members", "/api/v1/audit-entries", "/api/v1/numbers", "/api/v1/calls"] {
                let reply = try await world.get(path, key)
                #expect(reply.status == 200)
                #expect(description.faults(reply, "GET", path) == [], "\(path)")
                #expect(try await world.get(path + "?x=1", key).status == 422)
            }
            let me = try await world.get("/api/v1/me", key)
            #expect(me.json?["tenant"]?["slug"] == "muster")
            #expect(me.json?["key"]?["scopes"]?.values?.count == AccessMatrix.keyScopes.count)
            let member = try #require(try await world.get("/api/v1/members", key).items.first)
            #expect(member["email"] == "anna@muster.example" && member["role"] == "owner")
        }
    }

    @Test("the log is read from the newest on by places that stay where they are")
    func log() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            for _ in 0..<4 { _ = try await world.key([.auditRead]) }
            let first = try await world.get("/api/v1/audit-entries?limit=2", key)
            #expect(first.items.map { $0["seq"]?.spelling } == ["5", "4"])
            _ = try await world.key()
            let second = try await world.get("/api/v1/audit-entries?limit=2&cursor=\(try #require(first.next))", key)
            #expect(second.items.map { $0["seq"]?.spelling } == ["3", "2"])
            #expect(try await world.get("/api/v1/audit-entries?action=Key.", key).status == 422)
            let future = Timestamp.text(world.clock.value.addingTimeInterval(600))
            #expect(try await world.get("/api/v1/audit-entries?from=\(future)", key).items == [])
        }
    }

    @Test(
        "times are read as RFC 3339 has them",
        arguments: [
            ("2026-11-22T10:30:00Z", 1_795_343_400.0), ("2026-11-22T11:30:00.500+01:00", 1_795_343_400.5),
            ("2026-11-22t10:30:00z", 1_795_343_400.0), ("1970-01-01T00:00:00Z", 0), ("0000-01-01T00:00:00Z", 0),
            ("2016-12-31T23:59:60Z", 1_483_228_800), ("9999-12-31T23:59:59-23:59", 7_258_118_400),
        ]
    )
    func times(text: String, seconds: Double) {
        #expect(Timestamp.parse(text)?.timeIntervalSince1970 == seconds)
    }

    @Test(
        "what is no time is none",
        arguments: [
            "", "2026-11-22", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-22T24:00:00Z",
            "2026-11-22T10:30:00", "2026-11-22T10:30:00.Z", "2026-11-22T10:30:00Zx", "２026-11-22T10:30:00Z",
        ]
    )
    func noTimes(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test("a cursor is read by its own list only, and in one spelling")
    func cursors() throws {
        let cursor = Cursor(of: "calls")
        let text = cursor.text("17")
        #expect(cursor.place(text) == "17")
        #expect(Cursor(of: "audit").place(text) == nil)
        for other in ["", "=", text + "=", text + "A", "😀", String(repeating: "A", count: 500)] {
            #expect(cursor.place(other) == nil)
        }
    }

    @Test("JSON is written as it was read, and seconds have no superfluous digits")
    func json() throws {
        let text = #"{"a":[1,-0.5,1e3,true,false,null],"b":"ö\"\\\n\u0001😀","c":{}}"#
        #expect(try JSONParser.parse(Array(text.utf8)).serialized == text)
        #expect(try JSONParser.parse(Array(#""\ud83d\ude00\u00f6""#.utf8)) == "😀ö")
        #expect(
            [0, 5, 710, 12_340, 60_000, -1_500].map { JSON.seconds(milliseconds: $0).serialized }
                == ["0", "0.005", "0.71", "12.34", "60", "-1.5"]
        )
        for malformed in ["01", "1.", "+1", "nul", "\"\u{1}\"", "[1,]", "{\"a\"}", "\"\\x\"", "1 2"] {
            #expect(throws: JSONParser.Malformed.self) { try JSONParser.parse(Array(malformed.utf8)) }
        }
        #expect(throws: JSONParser.Malformed.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
    }
}
