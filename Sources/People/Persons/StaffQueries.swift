import Database
import Foundation
import Kernel
import Localization

/// What the platform's door may do with people.
struct StaffQueries {
    let transaction: Transaction

    func find(_ email: EmailAddress) throws -> PlatformStaff.Line? {
        try transaction.queryOne("\(Self.lines) WHERE p.email = \(email)").map(PlatformStaff.Line.init(row:))
    }

    func all() throws -> [PlatformStaff.Line] {
        try transaction.query("\(Self.lines) ORDER BY p.email").map(PlatformStaff.Line.init(row:))
    }

    func insert(_ email: EmailAddress, name: String, language: Language) throws -> PersonID {
        let id = PersonID()
        try transaction.execute(
            """
            INSERT INTO person (id, email, name, language) VALUES (\(id), \(email), \(name), \(language.rawValue))
            """
        )
        return id
    }

    func set(_ role: PlatformRole, of id: PersonID) throws {
        try transaction.execute(
            """
            INSERT INTO platform_member (person_id, role) VALUES (\(id), \(role))
            ON CONFLICT (person_id) DO UPDATE SET role = EXCLUDED.role
            """
        )
    }

    func set(isActive: Bool, of id: PersonID) throws {
        try transaction.execute(
            "UPDATE person SET state = \(isActive ? "active" : "disabled") WHERE id = \(id)"
        )
    }

    private static let lines: SQL = """
        SELECT p.id, p.email, p.name, p.state, p.created_at, m.role
        FROM person AS p LEFT JOIN platform_member AS m ON m.person_id = p.id
        """
}

extension PlatformStaff.Line {
    init(row: Row) throws {
        id = try row.get("id")
        email = try row.get("email")
        name = try row.get("name")
        isActive = try row.get("state", as: String.self) == "active"
        role = try row.getOptional("role")
        createdAt = try row.get("created_at")
    }
}
