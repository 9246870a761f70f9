import CQREncode

/// A QR code as a drawing that a page may carry under a strict content security policy.
package struct QRCode: Sendable {
    package enum Failure: String, Error, Sendable {
        /// More than a QR code of correction level M holds (2,331 bytes).
        case tooLong = "qr_too_long"
        case outOfMemory = "qr_out_of_memory"
    }

    /// Modules of light margin that ISO/IEC 18004 asks for on each side.
    private static let quietZone = 4

    /// Modules of one side, without the margin.
    let width: Int
    private let dark: [Bool]

    /// Of version as small as possible, with a quarter's loss corrected at half (level M).
    package init(_ text: String) throws(Failure) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 2_331, !bytes.isEmpty else { throw .tooLong }
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else { throw .outOfMemory }
        defer { QRcode_free(code) }
        width = Int(code.pointee.width)
        dark = UnsafeBufferPointer(start: code.pointee.data, count: width * width).map { $0 & 1 == 1 }
    }

    func isDark(_ column: Int, _ row: Int) -> Bool { dark[row * width + column] }

    /// An `svg` element: a light ground, and one path of class `moduleClass` with all dark modules.
    ///
    /// Light and dark are fixed by attributes, because readers fail on a code whose colours a dark page swaps. There is no
    /// `style`, so a policy without inline styles lets it pass. `title` names the drawing for those who do not see it.
    package func svg(moduleClass: String, title: String) -> String {
        let side = width + 2 * Self.quietZone
        let name = Self.escaped(title)
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(side) \(side)\" role=\"img\" "
            + "aria-label=\"\(name)\" shape-rendering=\"crispEdges\"><title>\(name)</title>"
            + "<rect width=\"\(side)\" height=\"\(side)\" fill=\"#fff\"/>"
            + "<path class=\"\(Self.escaped(moduleClass))\" fill=\"#000\" d=\"\(path)\"/></svg>"
    }

    /// One bar for each run of dark modules in a row.
    private var path: String {
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while column < width, isDark(column, row) { column += 1 }
                if column > start {
                    let run = column - start
                    path += "M\(start + Self.quietZone) \(row + Self.quietZone)h\(run)v1h-\(run)z"
                }
                column += 1
            }
        }
        return path
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;")
            .replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
            .replacing("'", with: "&#39;")
    }
}
