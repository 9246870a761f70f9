import Localization

extension CheckedVisit {
    /// What the partials `parts/filters`, `parts/sort` and `parts/pages` need, as members to merge into a page's model.
    ///
    /// - Parameters:
    ///   - total: rows that match, or nil if they were not counted.
    ///   - shown: rows on this page.
    ///   - filters: label of each filter and of each of its values, in order of display; `all` is added in front.
    ///   - searchLabel: what the search looks at.
    ///   - exportPath: where the same view is to be had as CSV; nil without the permission.
    package func listModel(
        _ state: ListState,
        total: Int,
        shown: Int,
        filters: [ListFilterLabels] = [],
        searchLabel: String,
        exportPath: String? = nil
    ) -> Model {
        let pages = max(1, min(ListState.lastPage, (total + ListState.pageSize - 1) / ListState.pageSize))
        let from = total == 0 ? 0 : state.offset + 1
        return [
            "list": [
                "path": .text(state.path),
                "search": .text(state.search),
                "search_label": .text(searchLabel),
                "filters": .list(filters.map { model($0, state) }),
                "has_filters": .flag(!filters.isEmpty),
                "is_narrowed": .flag(state.isNarrowed),
                "reset": .text(state.path),
                "sort": .text(state.sort),
                "direction": .text(state.isDescending ? "ab" : "auf"),
                "export": .text(exportPath.map { state.address(path: $0) }),
                "is_empty": .flag(shown == 0),
                "range": .text(
                    text(
                        "lists.range",
                        [
                            "from": localizer.number(from), "to": localizer.number(state.offset + shown),
                            "total": localizer.number(total),
                        ]
                    )
                ),
                "page": .text(
                    text("lists.page", ["page": localizer.number(state.page), "pages": localizer.number(pages)])
                ),
                "previous": .text(state.page > 1 ? state.address(page: state.page - 1) : nil),
                "next": .text(state.page < pages ? state.address(page: state.page + 1) : nil),
                "has_pages": .flag(pages > 1),
            ]
        ]
    }

    /// A column's head: `{{#column}}` with label, the address that sorts by it, and how it is sorted now.
    package func column(_ name: String, label: String, _ state: ListState) -> Model {
        let isSorted = state.sort == name
        return [
            "label": .text(label),
            "address": .text(state.address(sort: name, descending: isSorted ? !state.isDescending : true)),
            "sorted": .text(isSorted ? (state.isDescending ? "descending" : "ascending") : "none"),
            "is_sorted": .flag(isSorted),
            "is_ascending": .flag(isSorted && !state.isDescending),
        ]
    }

    private func model(_ filter: ListFilterLabels, _ state: ListState) -> Model {
        let chosen = state.value(filter.name)
        let choices = [(ListState.all, filter.allLabel)] + filter.values
        return [
            "name": .text(filter.name),
            "label": .text(filter.label),
            "options": .list(
                choices.map { choice in
                    [
                        "value": .text(choice.0), "label": .text(choice.1), "selected": .flag(choice.0 == chosen),
                    ]
                }
            ),
        ]
    }
}

/// How a filter reads.
package struct ListFilterLabels: Sendable {
    package let name: String
    package let label: String
    package let allLabel: String
    /// Value and label.
    package let values: [(String, String)]

    package init(name: String, label: String, allLabel: String, values: [(String, String)]) {
        self.name = name
        self.label = label
        self.allLabel = allLabel
        self.values = values
    }
}
