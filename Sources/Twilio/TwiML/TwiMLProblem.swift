/// What is wrong with a TwiML document.
package struct TwiMLProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Rule: String, Sendable {
        /// The carrier's 12100: the document cannot be read.
        case unreadable = "12100"
        /// The carrier's 12200: an element, attribute or value that its schema does not know in that place.
        case schema = "12200"
        /// The carrier's 31922: the scheme of the stream's URL.
        case streamScheme = "31922"
        /// The carrier's 31923: the stream's URL.
        case streamURL = "31923"
        /// A rule of ours: the caller would be left in silence or cut off.
        case silence
    }

    package let rule: Rule
    package let detail: String

    package init(_ rule: Rule, _ detail: String) {
        self.rule = rule
        self.detail = detail
    }

    package var description: String { "\(rule.rawValue): \(detail)" }
}
