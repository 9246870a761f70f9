import Audit
import Foundation
import Tenants
import Web

/// The tenant's audit log.
struct AuditController: Sendable {
    private static let cursor = Cursor(of: "audit")

    let archive: AuditArchive

    func bind(_ door: APIDoor, into routes: inout RouteBook) {
        door.reading(.apiAudit, in: &routes) { try await list($0) }
    }

    /// Actions are words of small letters with underlines, joined by dots.
    private static func action(_ text: String) -> String? {
        let isAction = text.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || "_.".utf8.contains($0)
        }
        return isAction && (1...100).contains(text.utf8.count) ? text : nil
    }

    private func list(_ visit: APIVisit) async throws -> APIAnswer {
        var query = QueryReader(visit.request)
        let filter = AuditFilter(
            action: query.value("action", Self.action),
            from: query.value("from", Timestamp.parse),
            until: query.value("to", Timestamp.parse)
        )
        let before = query.cursor(Self.cursor) { Int64($0).flatMap { $0 > 0 ? $0 : nil } }
        let limit = query.limit()
        try query.finish()
        let page = try await archive.page(visit.tenant, filter: filter, before: before, limit: limit)
        return APIAnswer([
            "items": .list(page.entries.map(\.json)),
            "next_cursor": .optional(page.next) { .text(Self.cursor.text(String($0))) },
        ])
    }
}

extension AuditLine {
    fileprivate var json: JSON {
        [
            "seq": .integer(seq),
            "at": .text(Timestamp.text(at)),
            "actor": [
                "kind": .text(actor.kind.rawValue),
                "name": .text(actor.name),
                "on_behalf_of": .optional(actor.onBehalfOf),
                "address_prefix": .optional(actor.addressPrefix),
            ],
            "action": .text(action),
            "object": ["kind": .text(object.kind), "id": .text(object.id)],
            "before": .optional(before, JSON.init),
            "after": .optional(after, JSON.init),
            "reason": .optional(reason),
            "request_id": .optional(requestID),
            "personal": .optional(personal, JSON.init),
            "is_personal_erased": .bool(isErased),
        ]
    }
}

extension JSON {
    fileprivate init(_ value: AuditValue) {
        self =
            switch value {
            case .null: .null
            case .bool(let value): .bool(value)
            case .integer(let value): .integer(value)
            case .text(let text): .text(text)
            case .array(let values): .list(values.map(JSON.init))
            case .object(let members):
                .object(members.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: JSON($0.value)) })
            }
    }
}
