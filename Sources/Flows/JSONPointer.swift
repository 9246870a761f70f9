/// A place in a JSON document as RFC 6901 writes it; the empty text is the whole document.
package struct JSONPointer: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let description: String

    package static let root = JSONPointer(description: "")

    package func child(_ key: String) -> JSONPointer {
        let escaped = key.replacing("~", with: "~0").replacing("/", with: "~1")
        return JSONPointer(description: "\(description)/\(escaped)")
    }

    package func child(_ index: Int) -> JSONPointer {
        JSONPointer(description: "\(description)/\(index)")
    }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    private init(description: String) {
        self.description = description
    }
}
