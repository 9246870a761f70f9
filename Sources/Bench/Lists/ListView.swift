import Foundation

/// A view of a list that people or programs open.
struct ListView: Sendable {
    let name: String
    let path: String
    let isForPrograms: Bool

    /// The views of one tenant, in the order of the table; the same for each tenant.
    static func all(of tenant: ListTenant, cursor: String) -> [ListView] {
        // The small tenant's list may end before page 50; then its last page is compared.
        let deep = max(1, min(50, tenant.calls / 25))
        return [
            page("overview, today", "/uebersicht"),
            page("overview, 30 days", "/uebersicht?zeitraum=30"),
            page("calls, first page", "/anrufe"),
            page("calls, of all time", "/anrufe?zeitraum=all"),
            page("calls, page 50", "/anrufe?zeitraum=all&seite=\(deep)"),
            page("calls, by result", "/anrufe?zeitraum=all&ergebnis=handed_over"),
            page("calls, rare result", "/anrufe?zeitraum=all&ergebnis=refused"),
            page("calls, by flow and week", "/anrufe?flow=\(tenant.flow)"),
            page("calls, by flow", "/anrufe?zeitraum=all&flow=\(tenant.flow)"),
            page("calls, by duration, week", "/anrufe?sort=dauer"),
            page("calls, by duration", "/anrufe?zeitraum=all&sort=dauer"),
            page("numbers", "/rufnummern"),
            page("team", "/team"),
            page("audit log", "/audit-protokoll"),
            page("audit log, flows", "/audit-protokoll?bereich=flow&zeitraum=all"),
            page("audit log, word", "/audit-protokoll?q=empfang&zeitraum=all"),
            program("API: calls", "/api/v1/calls?limit=50"),
            program("API: calls, deep", "/api/v1/calls?limit=50&cursor=\(cursor)"),
            program("API: calls, by result", "/api/v1/calls?limit=50&outcome=refused"),
            program("API: audit entries", "/api/v1/audit-entries?limit=50"),
        ]
    }

    private static func page(_ name: String, _ path: String) -> Self {
        Self(name: name, path: path, isForPrograms: false)
    }

    private static func program(_ name: String, _ path: String) -> Self {
        Self(name: name, path: path, isForPrograms: true)
    }

    func asker(of tenant: ListTenant) -> Asker { isForPrograms ? .key(tenant.key) : .session(tenant.session) }
}
