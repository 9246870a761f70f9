/// A chart of two lines, the median and the 95th percentile, with the goal for the latter.
struct LineChart {
    struct Point {
        let label: String
        /// Nil where there was no answer.
        let values: (median: Int, p95: Int)?
    }

    private static let top = 14.0
    private static let axis = 148.0
    private static let left = 0.09

    let points: [Point]
    let goal: Int
    let goalText: String
    /// How a value of the grid reads, and the topmost one with its unit.
    let number: (Int) -> String
    let withUnit: (Int) -> String

    var svg: String {
        let highest = points.compactMap { $0.values?.p95 }.max() ?? 0
        let scale = ChartScale(highest: max(highest, goal + goal / 4))
        let pixels = (Self.axis - Self.top) / Double(scale.top)
        func y(_ value: Int) -> Double { Self.axis - Double(value) * pixels }
        var svg = ""
        for line in scale.lines {
            let text = line == scale.top ? withUnit(line) : number(line)
            svg +=
                #"<line class="grid" x1="0" x2="100%" y1="\#(Percent.decimal(y(line)))" y2="\#(Percent.decimal(y(line)))"/>"#
            svg += #"<text x="0" y="\#(Percent.decimal(y(line) - 4))">\#(text)</text>"#
        }
        let goalY = Percent.decimal(y(goal))
        svg += #"<line class="goal" x1="9%" x2="100%" y1="\#(goalY)" y2="\#(goalY)"/>"#
        svg +=
            #"<text class="goal-text" x="100%" y="\#(Percent.decimal(y(goal) - 5))" text-anchor="end">\#(goalText)</text>"#
        svg +=
            #"<svg x="9%" y="0" width="91%" height="148" viewBox="0 0 1000 148" preserveAspectRatio="none" overflow="visible">"#
        svg += path("p95", points.map { $0.values.map { y($0.p95) } })
        svg += path("p50", points.map { $0.values.map { y($0.median) } })
        svg += "</svg>"
        for (index, point) in points.enumerated() where !point.label.isEmpty {
            let x = Percent.text(Self.left + place(index) * (1 - Self.left))
            let anchor = index == points.count - 1 && points.count > 1 ? "end" : index == 0 ? "start" : "middle"
            svg += #"<text x="\#(x)" y="168" text-anchor="\#(anchor)">\#(point.label)</text>"#
        }
        return svg + #"<line class="axis" x1="0" x2="100%" y1="148.5" y2="148.5"/>"#
    }

    private func place(_ index: Int) -> Double { points.count < 2 ? 0 : Double(index) / Double(points.count - 1) }

    /// A line through the points there are; a point that stands alone becomes a short dash.
    private func path(_ name: String, _ values: [Double?]) -> String {
        var data = ""
        var isDrawing = false
        for (index, value) in values.enumerated() {
            guard let value else {
                isDrawing = false
                continue
            }
            let x = place(index) * 1_000
            let spot = "\(Percent.decimal(x)) \(Percent.decimal(value))"
            data += isDrawing ? " L\(spot)" : (data.isEmpty ? "M" : " M") + spot
            let isAlone = !isDrawing && (index + 1 == values.count || values[index + 1] == nil)
            if isAlone { data += x > 980 ? " h-12" : " h12" }
            isDrawing = true
        }
        return data.isEmpty ? "" : #"<path class="\#(name)" d="\#(data)"/>"#
    }
}
