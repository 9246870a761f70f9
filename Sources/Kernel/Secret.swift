/// A value that must not be seen: it prints as at most its first ten characters and cannot be encoded.
package struct Secret: Sendable, Equatable {
    private let value: String

    package init(_ value: String) {
        self.value = value
    }

    /// Opens the secret. Only a vendor's client calls this, at the moment it writes the value to the wire.
    package func reveal() -> String { value }

    package var isEmpty: Bool { value.isEmpty }

    /// Up to ten characters of a long secret, nothing of a short one, then an ellipsis.
    package var masked: String { value.count > 20 ? value.prefix(10) + "…" : "…" }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { masked }
    package var debugDescription: String { masked }
    package var customMirror: Mirror { Mirror(self, children: ["masked": masked]) }
}
