import Foundation

/// Where a person may be led back to: a path of this site, and nothing that a browser would read as another place.
enum ReturnTarget {
    static func path(_ text: String) -> String? {
        guard text.utf8.count <= 500, text.hasPrefix("/"), !text.hasPrefix("//"), !text.hasPrefix("/\\"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            let parts = URLComponents(string: text), parts.scheme == nil, parts.host == nil
        else { return nil }
        return text
    }
}
