/// How a list is looked at: words searched for, filters, order and page, all of it in the query, so that a view can be
/// shared. "All" is the value `all`, never empty; a missing parameter means its default.
package struct ListState: Sendable, Hashable {
    /// One choice above a list.
    package struct Filter: Sendable, Hashable {
        package let name: String
        /// The values there are, without `all`.
        package let values: [String]
        package let standard: String

        package init(_ name: String, _ values: [String], standard: String = all) {
            self.name = name
            self.values = values
            self.standard = standard
        }
    }

    package static let all = "all"
    package static let pageSize = 25
    /// Lists are not read page by page beyond this; a search or a filter leads further.
    package static let lastPage = 400

    package let path: String
    /// What is searched for, at most 100 characters.
    package let search: String
    /// From 1.
    package let page: Int
    /// The column's name.
    package let sort: String
    package let isDescending: Bool
    private let filters: [Filter]
    private let chosen: [String: String]
    private let standardSort: String
    private let standardDescending: Bool

    /// Unknown values count as the default.
    ///
    /// - Parameters:
    ///   - sorts: the columns that can be sorted by; the first is the default.
    ///   - free: names of parameters with any text, such as days.
    package init(
        _ query: FormValues,
        path: String,
        filters: [Filter] = [],
        free: [String] = [],
        sorts: [String] = [],
        descending: Bool = true
    ) {
        self.path = path
        self.filters = filters + free.map { Filter($0, [], standard: "") }
        search = String((query.text("q") ?? "").prefix(100))
        page = min(max(1, query.number("seite") ?? 1), Self.lastPage)
        var chosen: [String: String] = [:]
        for filter in filters {
            let value = query.text(filter.name) ?? filter.standard
            chosen[filter.name] = value == Self.all || filter.values.contains(value) ? value : filter.standard
        }
        for name in free { chosen[name] = String((query.text(name) ?? "").prefix(100)) }
        self.chosen = chosen
        standardSort = sorts.first ?? ""
        standardDescending = descending
        let sort = query.text("sort") ?? standardSort
        self.sort = sorts.contains(sort) ? sort : standardSort
        isDescending = query.text("richtung").map { $0 == "ab" } ?? descending
    }

    /// The chosen value; `all` for everything.
    package func value(_ name: String) -> String { chosen[name] ?? Self.all }

    /// The chosen value; nil for everything.
    package func filter(_ name: String) -> String? {
        chosen[name].flatMap { $0 == Self.all || $0.isEmpty ? nil : $0 }
    }

    /// Rows to pass over.
    package var offset: Int { (page - 1) * Self.pageSize }

    /// Whether anything narrows the list: an empty result is then another one than an empty list.
    package var isNarrowed: Bool {
        !search.isEmpty || filters.contains { chosen[$0.name] != $0.standard }
    }

    // MARK: Addresses

    /// This view with other values. A change of anything but the page leads back to the first page.
    package func address(
        page: Int = 1,
        sort: String? = nil,
        descending: Bool? = nil,
        setting changes: [String: String] = [:],
        path: String? = nil
    ) -> String {
        var fields: [(String, String)] = []
        if !search.isEmpty { fields.append(("q", search)) }
        for filter in filters {
            let value = changes[filter.name] ?? chosen[filter.name] ?? filter.standard
            if value != filter.standard { fields.append((filter.name, value)) }
        }
        let sort = sort ?? self.sort
        let descending = descending ?? isDescending
        if sort != standardSort { fields.append(("sort", sort)) }
        if descending != standardDescending || sort != standardSort {
            fields.append(("richtung", descending ? "ab" : "auf"))
        }
        if page > 1 { fields.append(("seite", String(page))) }
        return (path ?? self.path) + (fields.isEmpty ? "" : "?" + FormValues.query(fields))
    }
}
