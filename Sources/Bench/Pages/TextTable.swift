import Foundation

/// Rows of text in columns, the numbers to the right.
struct TextTable {
    private let rows: [[String]]
    private let firstIsText: Bool

    /// - Parameter firstIsText: whether the first column holds words.
    init(_ rows: [[String]], firstIsText: Bool) {
        self.rows = rows
        self.firstIsText = firstIsText
    }

    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                return firstIsText && column == 0 ? cell + gap : gap + cell
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}

extension Double {
    func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
