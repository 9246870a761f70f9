import Kernel
import Tenants
import Web

/// Who works for the tenant. A tenant has some hundred people at most, so the list is one answer.
struct MemberController: Sendable {
    let members: MemberBook

    func bind(_ door: APIDoor, into routes: inout RouteBook) {
        door.reading(.apiMembers, in: &routes) { try await list($0) }
    }

    private func list(_ visit: APIVisit) async throws -> APIAnswer {
        try visit.expectNoQuery()
        return APIAnswer(["items": .list(try await members.members(visit.tenant).map(\.json))])
    }
}

extension Member {
    fileprivate var json: JSON {
        [
            "person_id": .text(person.description),
            "name": .text(name),
            "email": .text(email),
            "role": .text(role.rawValue),
            "since": .text(Timestamp.text(since)),
            "last_seen_at": .optional(lastSeenAt) { .text(Timestamp.text($0)) },
        ]
    }
}
