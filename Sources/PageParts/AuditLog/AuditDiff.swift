import Audit

/// What an act changed: the members that differ, before and after.
struct AuditDiff {
    struct Line: Equatable {
        let field: String
        let before: AuditValue?
        let after: AuditValue?
    }

    let lines: [Line]

    /// Members that are the same on both sides say nothing and are left out.
    init(before: AuditValue?, after: AuditValue?) {
        let (old, new) = (Self.members(before), Self.members(after))
        lines = Set(old.keys).union(new.keys).sorted().compactMap { field in
            let line = Line(field: field, before: old[field], after: new[field])
            return line.before == line.after ? nil : line
        }
    }

    /// What is no object stands under a name of its own.
    private static func members(_ value: AuditValue?) -> [String: AuditValue] {
        switch value {
        case nil, .null: [:]
        case .object(let members): members
        case .some(let value): ["value": value]
        }
    }
}
