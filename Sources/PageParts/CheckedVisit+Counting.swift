import Localization
package import Site

extension CheckedVisit {
    /// The text of `one` for one, else that of `many` with the number as its `n`.
    package func counted(_ count: Int, one: String, many: String) -> String {
        count == 1 ? text(one) : text(many, ["n": localizer.number(count)])
    }
}
