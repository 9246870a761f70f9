package import Kernel

/// Who is calling, as far as the carrier says.
package enum Caller: Sendable, Hashable {
    case number(E164)
    case withheld
    /// An address in place of a number; it is not kept.
    case address

    /// The number, if there is one.
    package var e164: E164? {
        if case .number(let number) = self { number } else { nil }
    }

    /// As the column `caller_kind` has it.
    var kind: String {
        switch self {
        case .number: "number"
        case .withheld: "withheld"
        case .address: "sip"
        }
    }

    init?(kind: String, e164: E164?) {
        switch (kind, e164) {
        case ("number", let number?): self = .number(number)
        case ("withheld", nil): self = .withheld
        case ("sip", nil): self = .address
        default: return nil
        }
    }
}
