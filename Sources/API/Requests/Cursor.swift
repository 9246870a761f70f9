import Foundation

/// A place in a list, as a word without a meaning for whoever asks. It names the list, so that it fits no other.
struct Cursor {
    private let list: String

    init(of list: String) {
        self.list = list
    }

    func text(_ place: String) -> String {
        Data("\(list):\(place)".utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// Nil unless `text` is a cursor of this list.
    func place(_ text: String) -> String? {
        guard (1...200).contains(text.utf8.count) else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let standard = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let data = Data(base64Encoded: standard), let decoded = String(validating: data, as: UTF8.self),
            decoded.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), decoded.hasPrefix(list + ":"),
            self.text(String(decoded.dropFirst(list.count + 1))) == text
        else { return nil }
        return String(decoded.dropFirst(list.count + 1))
    }
}
