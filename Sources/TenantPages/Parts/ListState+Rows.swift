import Site

extension ListState {
    /// The rows of this page.
    func slice<Row>(_ rows: [Row]) -> ArraySlice<Row> {
        rows.dropFirst(offset).prefix(Self.pageSize)
    }

    /// `rows` by `precedes`, or the other way round where the list runs down.
    func sorted<Row>(_ rows: [Row], _ precedes: (Row, Row) -> Bool) -> [Row] {
        rows.sorted { isDescending ? precedes($1, $0) : precedes($0, $1) }
    }
}
