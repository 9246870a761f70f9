import Foundation
import Kernel
import Localization
import Numbers
import PhoneNumbers
import Site

extension E164 {
    /// Where the number's own pages begin.
    var pagePath: String { "/plattform/rufnummern/" + value.dropFirst() }
}
