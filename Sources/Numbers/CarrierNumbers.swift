package import Kernel

/// A number as the carrier's account holds it.
package struct CarrierNumber: Sendable, Hashable {
    package let e164: E164
    package let account: AccountSid
    package let sid: NumberSid
    /// What the carrier does with its calls.
    package let route: CarrierRoute
    /// An address of another process of ours, where the carrier asks if we do not answer; nil if there is none.
    package let otherFallback: String?

    package init(
        e164: E164,
        account: AccountSid,
        sid: NumberSid,
        route: CarrierRoute = .ours,
        otherFallback: String? = nil
    ) {
        self.e164 = e164
        self.account = account
        self.sid = sid
        self.route = route
        self.otherFallback = otherFallback
    }

    /// An application or trunk is attached to it, which overrides the address that the carrier would call us at.
    package var isRoutedElsewhere: Bool {
        switch route {
        case .elsewhere(.application), .elsewhere(.trunk): true
        case .ours, .withoutFallback, .elsewhere: false
        }
    }
}

/// A port: asks the carrier which number of its accounts this is, and tells it where its calls shall go.
package struct CarrierNumbers: Sendable {
    /// What the carrier holds under this number; nil if nothing. Throws if the carrier cannot be asked.
    package let find: @Sendable (E164) async throws -> CarrierNumber?
    /// Lets calls of the number come to us. Nil where the carrier is not ours to change.
    package let direct: (@Sendable (CarrierNumber) async throws -> Void)?

    package init(
        find: @escaping @Sendable (E164) async throws -> CarrierNumber?,
        direct: (@Sendable (CarrierNumber) async throws -> Void)? = nil
    ) {
        self.find = find
        self.direct = direct
    }
}
