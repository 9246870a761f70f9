package import Foundation
package import Kernel

/// Which calls of a tenant are looked for; everything that is nil lets all pass.
package struct CallFilter: Sendable, Hashable {
    /// Calls that began at `from` or later, and before `until`.
    package var from: Date?
    package var until: Date?
    package var result: CallResult?
    package var flow: FlowID?
    /// The number that was called.
    package var called: E164?
    /// Digits that follow each other in the caller's number.
    package var callerDigits: String?
    /// Words that somebody said, in any case. Ask for them only where transcripts may be read, and within bounds of time.
    package var words: String?

    package init(
        from: Date? = nil,
        until: Date? = nil,
        result: CallResult? = nil,
        flow: FlowID? = nil,
        called: E164? = nil,
        callerDigits: String? = nil,
        words: String? = nil
    ) {
        self.from = from
        self.until = until
        self.result = result
        self.flow = flow
        self.called = called
        self.callerDigits = callerDigits
        self.words = words
    }

    /// The digits of a number in any spelling that stand in its E.164 form too: `0664 0000412`, `+43 (0)664 / 0000412`
    /// and `0000412` all find +436640000412. Nil if `text` holds anything but a number or fewer than three digits.
    package static func digits(in text: String) -> String? {
        let text = text.replacing("(0)", with: "")
        let isNumber = text.allSatisfy { $0.isASCII && $0.isNumber || " +-/().\u{00A0}".contains($0) }
        let digits = String(text.filter(\.isNumber))
        guard isNumber else { return nil }
        let hasPlus = text.contains("+")
        // The trunk prefix is not part of the number abroad, the international one is spelled as a plus.
        let significant = hasPlus ? Substring(digits) : digits.drop { $0 == "0" }
        let kept = digits.hasPrefix("0") && !hasPlus ? String(significant) : digits
        return kept.count >= 3 ? kept : nil
    }
}

/// In which order calls are listed; calls with the same value by their beginning.
package enum CallOrder: Sendable, Hashable {
    case begin(newestFirst: Bool)
    /// Calls that are not over count as the shortest.
    case duration(longestFirst: Bool)
}

/// A place in the list of a tenant's calls, newest first. It stays valid while new calls arrive.
package struct CallCursor: Sendable, Hashable {
    package let admittedAt: Date
    package let call: CallID

    package init(admittedAt: Date, call: CallID) {
        self.admittedAt = admittedAt
        self.call = call
    }

    /// For addresses: microseconds since 1970 and the call's identity.
    package var text: String {
        "\(Int64((admittedAt.timeIntervalSince1970 * 1e6).rounded())).\(call)"
    }

    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let microseconds = Int64(parts[0]), let call = CallID(String(parts[1])) else {
            return nil
        }
        self.init(admittedAt: Date(timeIntervalSince1970: Double(microseconds) / 1e6), call: call)
    }
}
