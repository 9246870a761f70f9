/// A language the product itself speaks and writes. German is the source.
package enum Language: String, Sendable, Hashable, CaseIterable {
    case de
    case en

    /// The language of a BCP 47 tag such as `de-AT`; nil if it is none of ours.
    package init?(tag: String) {
        guard let primary = tag.split(whereSeparator: { $0 == "-" || $0 == "_" }).first else { return nil }
        self.init(rawValue: primary.lowercased())
    }

    /// The tag under which the carrier's own voice reads our sentences aloud.
    package var spokenTag: String {
        switch self {
        case .de: "de-DE"
        case .en: "en-GB"
        }
    }
}
