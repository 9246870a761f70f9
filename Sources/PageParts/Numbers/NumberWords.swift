import Foundation
package import Kernel
import Localization
package import Numbers
package import Site

extension CheckedVisit {
    /// The number that the path names.
    /// - Throws: `NotVisible` for what cannot be a number.
    package func pathNumber() throws -> E164 {
        let text = parameter("e164").removingPercentEncoding ?? ""
        guard let number = E164(text.hasPrefix("+") ? text : "+" + text) else { throw NotVisible() }
        return number
    }

    package func flowName(_ flow: NumberFlow) -> String {
        flow.liveVersion.map { version in
            text("numbers_page.flow_with_version", ["flow": flow.name, "n": localizer.number(version)])
        } ?? text("numbers_page.flow_without_version", ["flow": flow.name])
    }
}
