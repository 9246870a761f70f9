import Foundation
import Kernel
import TestSupport
import Testing

@testable import Audit

@Suite("A thousand random tamperings with an export")
struct ExportTamperingTests {
    /// An export in hand, to be changed.
    private struct Forgery {
        var header: AuditValue
        var rows: [AuditValue]
        var trailer: AuditValue

        init(_ lines: [String]) throws {
            let values = try lines.map { try JSONDecoder().decode(AuditValue.self, from: Data($0.utf8)) }
            header = values[0]
            rows = Array(values[1..<values.count - 1])
            trailer = values[values.count - 1]
        }

        var lines: [String] { ([header] + rows + [trailer]).map(\.canonical) }

        /// Makes the trailer's digest right for what is there now.
        mutating func seal() {
            let text = ([header] + rows).map { $0.canonical + "\n" }.joined()
            trailer = trailer.setting("digest", .text(AuditDetail.hash(of: text, salt: Data()).hexadecimal))
        }

        /// Makes all hashes from a place on, both heads and the count right for what is there now.
        mutating func rehash() {
            var previous = AuditHead.empty.hash
            for index in rows.indices {
                let text = rows[index].member("entry")?.string ?? ""
                let hash = AuditLink.hash(of: text, after: previous)
                rows[index] = rows[index].setting("previous_hash", .text(previous.hexadecimal))
                    .setting("hash", .text(hash.hexadecimal))
                previous = hash
            }
            let head = AuditHead(seq: Int64(rows.count), hash: previous).value
            header = header.setting("head", head).setting("anchor", .null)
            trailer = trailer.setting("head", head).setting("count", .integer(Int64(rows.count)))
            seal()
        }

        /// Changes one value somewhere in the text of an entry.
        mutating func editEntry(_ index: Int, _ dice: inout Dice) throws {
            let text = rows[index].member("entry")?.string ?? ""
            let entry = try JSONDecoder().decode(AuditValue.self, from: Data(text.utf8))
            rows[index] = rows[index].setting("entry", .text(entry.edited(&dice).canonical))
        }
    }

    private static func tamper(_ forgery: inout Forgery, _ dice: inout Dice) throws -> String {
        let last = forgery.rows.count - 1
        let index = Int.random(in: 0...last, using: &dice)
        switch Int.random(in: 0..<14, using: &dice) {
        case 0:
            try forgery.editEntry(index, &dice)
            return "edit entry \(index)"
        case 1:
            try forgery.editEntry(index, &dice)
            forgery.rehash()
            return "edit entry \(index) and rehash all"
        case 2:
            forgery.rows[index] = forgery.rows[index].edited(&dice)
            return "edit line \(index)"
        case 3:
            let kept = forgery.rows.indices.filter { forgery.rows[$0].member("personal") != nil }
            let place = kept[Int.random(in: 0..<kept.count, using: &dice)]
            let personal = forgery.rows[place].member("personal") ?? .null
            forgery.rows[place] = forgery.rows[place].setting("personal", personal.edited(&dice))
            forgery.seal()
            return "edit detail \(place) and seal"
        case 4:
            forgery.rows.remove(at: index)
            return "delete \(index)"
        case 5:
            forgery.rows.remove(at: index)
            forgery.rehash()
            return "delete \(index) and rehash"
        case 6:
            forgery.rows.insert(forgery.rows[index], at: Int.random(in: 0...last, using: &dice))
            forgery.seal()
            return "insert \(index)"
        case 7:
            let other = (index + 1 + Int.random(in: 0..<last, using: &dice)) % (last + 1)
            forgery.rows.swapAt(index, other)
            forgery.seal()
            return "swap \(index) \(other)"
        case 8:
            forgery.rows.removeLast(Int.random(in: 1...last, using: &dice))
            return "cut"
        case 9:
            forgery.rows.removeLast(Int.random(in: 1...last, using: &dice))
            forgery.rehash()
            return "cut with its head"
        case 10:
            forgery.header = forgery.header.edited(&dice)
            return "edit header"
        case 11:
            forgery.trailer = forgery.trailer.edited(&dice)
            return "edit trailer"
        case 12:
            let anchor = forgery.header.member("anchor") ?? .null
            forgery.header = forgery.header.setting("anchor", anchor.edited(&dice))
            forgery.seal()
            return "edit the header's anchor and seal"
        default:
            for place in index...last { try forgery.editEntry(place, &dice) }
            forgery.rehash()
            return "rewrite all from \(index)"
        }
    }

    @Test("G6 a thousand of a thousand are found with an anchor", arguments: [1, 2, 3, 4])
    func tampering(seed: UInt64) async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let key = try AuditAnchorKey(seed: AuditAnchorTests.seed)
            func anchor(_ head: AuditHead) throws -> AuditAnchor {
                try AuditAnchor(
                    chain: "\(tenant)",
                    head: head,
                    time: "2026-08-02T10:00:00Z",
                    previous: AuditHead.empty.hash,
                    signedBy: key
                )
            }
            let early = try anchor(try await Sample.record(10, tenant, database))
            _ = try await Sample.record(10, tenant, database)
            let exported = try await Exported(tenant, database, anchor: early)
            let late = try anchor(exported.head)
            func judge(_ lines: [String]) -> AuditFileVerdict {
                Exported.judge(lines, anchors: [early, late], publicKeys: [key.publicKey])
            }
            #expect(judge(exported.lines) == .intact(exported.head, erasedDetails: 0))
            var dice = Dice(seed)
            for _ in 0..<250 {
                var forgery = try Forgery(exported.lines)
                let what = try Self.tamper(&forgery, &dice)
                let verdict = judge(forgery.lines)
                if case .intact = verdict { Issue.record("\(what): not found") }
            }
        }
    }

    @Test("G6 a file from which any line is missing, or any is cut short, is refused")
    func everyLine() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(6, tenant, database)
            let lines = try await Exported(tenant, database).lines
            for index in lines.indices {
                var missing = lines
                missing.remove(at: index)
                var short = lines
                short[index] = String(short[index].dropLast(2))
                for forged in [missing, short] {
                    if case .intact = Exported.judge(forged) { Issue.record("line \(index)") }
                }
            }
            #expect(Exported.judge(lines + [lines[1]]) == .broken(line: lines.count + 1, .logLonger))
            #expect(Exported.judge(Array(lines.dropLast())) == .broken(line: lines.count - 1, .headLonger))
        }
    }
}

extension AuditValue {
    fileprivate func member(_ name: String) -> AuditValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    fileprivate func setting(_ name: String, _ value: AuditValue) -> AuditValue {
        guard case .object(var members) = self else { return self }
        members[name] = value
        return .object(members)
    }

    /// The same with one value, somewhere, being another one.
    fileprivate func edited(_ dice: inout Dice) -> AuditValue {
        switch self {
        case .null: return .integer(Int64.random(in: 0...9, using: &dice))
        case .bool(let value): return .bool(!value)
        case .integer(let value): return .integer(value + Int64.random(in: 1...9, using: &dice))
        case .text(let value):
            var scalars = Array(value.unicodeScalars)
            guard !scalars.isEmpty else { return "x" }
            let place = Int.random(in: 0..<scalars.count, using: &dice)
            scalars[place] = scalars[place] == "0" ? "1" : "0"
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            return .text(String(text))
        case .array(let values):
            guard !values.isEmpty else { return .array([.null]) }
            var values = values
            let place = Int.random(in: 0..<values.count, using: &dice)
            values[place] = values[place].edited(&dice)
            return .array(values)
        case .object(let members):
            guard let name = members.keys.sorted().randomElement(using: &dice) else { return ["x": 1] }
            return setting(name, member(name)?.edited(&dice) ?? .null)
        }
    }
}
