import Localization
package import Numbers
package import Site

extension CheckedVisit {
    /// What `numbers/direction` needs: nothing where calls come to us as they should.
    ///
    /// - Parameter directPath: where the reader can have it put right; nil says who can.
    package func direction(_ direction: NumberBook.Direction, directPath: String?) -> Model.Value {
        guard let message = message(direction) else { return .object(nil) }
        let isCured = direction != .unknown && direction != .missing
        return .object([
            "direction_text": .text(message),
            "direction_hint": .text(isCured && directPath == nil ? text("numbers_page.direction_hint") : nil),
            "direct_path": .text(isCured ? directPath : nil),
        ])
    }

    /// Where calls go in one sentence; nil if they come to us.
    package func message(_ direction: NumberBook.Direction) -> String? {
        switch direction {
        case .known(.ours): nil
        case .known(.withoutFallback): text("numbers_page.direction_without_fallback")
        case .known(.elsewhere(.nowhere)): text("numbers_page.direction_nowhere")
        case .known(.elsewhere(.wrongMethod)): text("numbers_page.direction_wrong_method")
        case .known(.elsewhere(.host(let host))): text("numbers_page.direction_host", ["host": host])
        case .known(.elsewhere(.application(let sid))): text("numbers_page.direction_application", ["sid": sid])
        case .known(.elsewhere(.trunk(let sid))): text("numbers_page.direction_trunk", ["sid": sid])
        case .missing: text("numbers_page.direction_missing")
        case .unknown: text("numbers_page.direction_unknown")
        }
    }
}
