/// A chart of stacked columns as SVG: widths in percent, heights in pixels, so that its texts keep their size.
struct ColumnChart {
    struct Column {
        /// Below the axis; empty for none.
        let label: String
        /// From the axis upwards.
        let parts: [Int]
        /// The column that time is in now.
        let isNow: Bool
    }

    /// The distance from the top and from the axis to the bottom.
    private static let top = 14.0
    private static let axis = 148.0
    private static let left = 0.06

    let columns: [Column]
    /// How a value of the grid reads.
    let number: (Int) -> String

    var svg: String {
        let highest = columns.map { $0.parts.reduce(0, +) }.max() ?? 0
        let scale = ChartScale(highest: highest)
        let pixels = (Self.axis - Self.top) / Double(scale.top)
        var svg = ""
        for line in scale.lines {
            let y = Percent.decimal(Self.axis - Double(line) * pixels)
            let textY = Percent.decimal(Self.axis - Double(line) * pixels - 4)
            svg += #"<line class="grid" x1="0" x2="100%" y1="\#(y)" y2="\#(y)"/>"#
            svg += #"<text x="0" y="\#(textY)">\#(number(line))</text>"#
        }
        let step = (1 - Self.left) / Double(max(1, columns.count))
        let width = step * (columns.count > 20 ? 0.7 : 0.56)
        for (index, column) in columns.enumerated() {
            let begin = Self.left + Double(index) * step
            if column.isNow {
                svg += #"<rect class="now" x="\#(Percent.text(begin))" width="\#(Percent.text(step))""#
                svg += #" y="\#(Percent.decimal(Self.top))" height="\#(Percent.decimal(Self.axis - Self.top))"/>"#
            }
            svg += bars(column, x: begin + (step - width) / 2, width: width, pixels: pixels)
            if !column.label.isEmpty {
                // A day is wider than a narrow column and would stand out at the end.
                let isWideEnd = index == columns.count - 1 && columns.count > 20
                let (x, anchor) = isWideEnd ? (1, "end") : (begin + step / 2, "middle")
                svg += #"<text x="\#(Percent.text(x))" y="168" text-anchor="\#(anchor)">\#(column.label)</text>"#
            }
        }
        return svg + #"<line class="axis" x1="0" x2="100%" y1="148.5" y2="148.5"/>"#
    }

    private func bars(_ column: Column, x: Double, width: Double, pixels: Double) -> String {
        var svg = ""
        var y = Self.axis
        for (index, value) in column.parts.enumerated() where value > 0 {
            let height = Double(value) * pixels
            y -= height
            // A pixel of paper between two parts.
            let drawn = max(1, height - (y + height < Self.axis ? 1 : 0))
            svg += #"<rect class="s\#(index + 1)" x="\#(Percent.text(x))" width="\#(Percent.text(width))""#
            svg += #" y="\#(Percent.decimal(y))" height="\#(Percent.decimal(drawn))"/>"#
        }
        return svg
    }
}

/// Round numbers above the highest value.
struct ChartScale {
    /// Where the drawing ends.
    let top: Int
    /// The lines of the grid, without the axis.
    let lines: [Int]

    init(highest: Int) {
        var step = 1
        let steps = [1, 2, 5]
        var index = 0
        var magnitude = 1
        while step * 2 < highest {
            index += 1
            if index == steps.count {
                index = 0
                magnitude *= 10
            }
            step = steps[index] * magnitude
        }
        top = step * 2
        lines = [step, step * 2]
    }
}
