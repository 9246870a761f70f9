package import Kernel

/// A number as the carrier's account holds it.
package struct CarrierNumber: Sendable, Hashable {
    package let e164: E164
    package let account: AccountSid
    package let sid: NumberSid
    /// An application or trunk is attached to it, which overrides the address that the carrier would call us at.
    package let isRoutedElsewhere: Bool

    package init(e164: E164, account: AccountSid, sid: NumberSid, isRoutedElsewhere: Bool) {
        self.e164 = e164
        self.account = account
        self.sid = sid
        self.isRoutedElsewhere = isRoutedElsewhere
    }
}

/// A port: asks the carrier which number of its accounts this is.
package struct CarrierNumbers: Sendable {
    /// What the carrier holds under this number; nil if nothing. Throws if the carrier cannot be asked.
    package let find: @Sendable (E164) async throws -> CarrierNumber?

    package init(find: @escaping @Sendable (E164) async throws -> CarrierNumber?) {
        self.find = find
    }
}
