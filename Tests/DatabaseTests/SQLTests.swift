import Database
import Foundation
import Kernel
import TestSupport
import Testing

@Suite("SQL text and values")
struct SQLTests {
    @Test("values never become part of the text")
    func valuesTravelBesideTheText() {
        let name = "x'; DROP TABLE tenant; --"
        let sql: SQL = "SELECT 1 WHERE a = \(name) AND b = \(7)"
        #expect(sql.text == "SELECT 1 WHERE a = $1 AND b = $2")
    }

    @Test("fragments are woven in and renumbered")
    func fragments() {
        let condition: SQL = "b = \(2) AND c = \("drei")"
        let sql: SQL = "SELECT 1 WHERE a = \(1) AND \(condition) AND d = \(4)"
        #expect(sql.text == "SELECT 1 WHERE a = $1 AND b = $2 AND c = $3 AND d = $4")
    }

    @Test("every type of value comes back as it was sent")
    func valuesRoundTrip() async throws {
        try await withTestDatabase { database in
            func same<Value: PostgresValue & Equatable>(_ value: Value, _ type: SQL) async throws {
                let back = try await database.app.withoutTenant { transaction in
                    try transaction.queryOne("SELECT \(value)::\(type) AS value")?.get("value", as: Value.self)
                }
                #expect(back == value)
            }
            for text in ["", "Grüß Gott", "'; DROP TABLE x; --", "\\x00", "{a,\"b\"}", "NULL", "e\u{301}", "👋🏽"] {
                try await same(text, "text")
            }
            for number in [0, -1, 42, Int.max, Int.min] { try await same(number, "bigint") }
            for number in [0, 0.1, -1e300, .infinity] { try await same(number, "float8") }
            try await same(true, "boolean")
            try await same(false, "boolean")
            try await same(UUID(), "uuid")
            try await same(TenantID(), "uuid")
            try await same(Data([0, 1, 127, 128, 255]), "bytea")
            try await same(Data(), "bytea")
            try await same(try #require(E164("+436641234567")), "text")
            try await same(try #require(CallSid("CA1234")), "text")
            try await same(UsageKind.forward, "text")
            try await same(["a", "", "b,c", "\"quoted\"", "back\\slash", "{}", "NULL", " ", "\r\n"], "text[]")
            try await same([String](), "text[]")
            try await same([TenantID(), TenantID()], "uuid[]")
            try await same([1, -2, 3], "bigint[]")
            try await same(Int?.none, "bigint")
            try await same(Int?.some(3), "bigint")
            let json = try JSONText(encoding: ["b": 1, "a": 2])
            let back = try await database.app.withoutTenant { transaction in
                try transaction.queryOne("SELECT \(json)::jsonb AS value")?.get("value", as: JSONText.self)
            }
            #expect(try back?.decode(as: [String: Int].self) == ["a": 2, "b": 1])
        }
    }

    @Test("points in time keep their microseconds, in every season and century")
    func timestampsRoundTrip() async throws {
        var random = SeededRandom(seed: 7)
        let fixed = [0, 1, -1, 951_782_399.999999, 951_782_400, 4_102_444_800.5, -62_135_596_800, 253_402_300_799]
        let drawn = (0..<500).map { _ in Double.random(in: -3e9...5e9, using: &random) }
        let dates = (fixed + drawn).map { Date(timeIntervalSince1970: $0).roundedToMicroseconds }
        let wrong = try await withTestDatabase { database in
            try await database.app.withoutTenant { transaction in
                try dates.filter { date in
                    let row = try transaction.queryOne(
                        """
                        SELECT \(date)::timestamptz AS value,
                            round(extract(epoch FROM \(date)::timestamptz) * 1000000)::bigint AS microseconds
                        """
                    )
                    let since2001 = Int64((date.timeIntervalSinceReferenceDate * 1e6).rounded())
                    return try row?.get("value", as: Date.self) != date
                        || row?.get("microseconds", as: Int64.self) != since2001 + 978_307_200_000_000
                }
            }
        }
        #expect(wrong == [])
    }

    @Test("a column that is absent, NULL or of another kind is named, its value is not")
    func unreadableColumns() async throws {
        let row = try await withTestDatabase { database in
            try await database.app.withoutTenant { transaction in
                try transaction.queryOne("SELECT 'geheim'::text AS a, NULL::text AS b, 'infinity'::timestamptz AS c")
            }
        }
        let found = try #require(row)
        #expect(throws: DatabaseError.unreadable(column: "a", .init(expected: "an integer", wasNull: false))) {
            _ = try found.get("a", as: Int.self)
        }
        #expect(throws: DatabaseError.unreadable(column: "b", .init(expected: "text", wasNull: true))) {
            _ = try found.get("b", as: String.self)
        }
        #expect(throws: DatabaseError.self) { _ = try found.get("c", as: Date.self) }
        #expect(throws: DatabaseError.self) { _ = try found.get("d", as: String.self) }
        #expect(try found.getOptional("b", as: String.self) == nil)
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
