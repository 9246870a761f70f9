package import Kernel

/// A person or desk a call can be handed to.
package struct HandOverTarget: Sendable, Hashable {
    /// What the caller and the person hear, such as "Werkstatt"; 1 to 60 characters.
    package var name: String
    package var number: E164
    /// How long it rings, 5 to 120 seconds; 20 unless stated.
    package var timeoutSeconds: Int
    /// Whether the person must press 1 to accept, so that a mailbox is not a person (decision 17); yes unless stated.
    package var acceptByKey: Bool

    package init(name: String, number: E164, timeoutSeconds: Int = 20, acceptByKey: Bool = true) {
        self.name = name
        self.number = number
        self.timeoutSeconds = timeoutSeconds
        self.acceptByKey = acceptByKey
    }
}
