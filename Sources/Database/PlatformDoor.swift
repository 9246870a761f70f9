/// The record that the platform's door leaves of each opening, before anything behind it is read or written.
///
/// A port: the chain of entries belongs to `Audit`, which this room must not know.
package struct PlatformDoor: Sendable {
    package let record: @Sendable (_ transaction: Transaction, _ actor: String, _ reason: String) throws -> Void

    package init(
        record: @escaping @Sendable (_ transaction: Transaction, _ actor: String, _ reason: String) throws -> Void
    ) {
        self.record = record
    }
}
