/// A choice of the log's first filter: some of the actions.
package struct AuditArea: Sendable {
    /// In addresses, and at the end of the key of its name.
    package let value: String
    /// What its actions begin with; nil for any.
    package let prefix: String?
    /// What its actions do not begin with.
    package let excluding: String?

    /// The actions that begin with `prefix`.
    package init(_ value: String, _ prefix: String) {
        self.value = value
        self.prefix = prefix
        excluding = nil
    }

    /// All actions but those that begin with `prefix`.
    package init(_ value: String, allBut prefix: String) {
        self.value = value
        self.prefix = nil
        excluding = prefix
    }
}
