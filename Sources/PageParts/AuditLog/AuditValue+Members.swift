package import Audit

extension AuditValue {
    /// The text, if this is one.
    package var plainText: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// A member of an object.
    package func member(_ name: String) -> AuditValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }
}
