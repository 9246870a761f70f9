import Site
import Tenants
package import Web

/// The addresses of the pages about calls.
extension Endpoint {
    static let overview = page("/uebersicht", .tenant(.overviewRead), "figures of the day")
    static let calls = page("/anrufe", .tenant(.callsRead), "the calls, searched and filtered")
    static let callsExport = page("/anrufe.csv", .tenant(.callsExport), "the same list for a spreadsheet")
    static let liveCalls = page("/anrufe/live", .tenant(.liveWatch), "the calls that go on now")
    static let liveEvents = page("/anrufe/live/ereignisse", .tenant(.liveWatch), "what happens in them, as it happens")
    static let call = page("/anrufe/:id", .tenant(.callsRead), "one call, turn by turn")
    static let hangingUp = page("/anrufe/:id/auflegen", .tenant(.liveIntervene), "asks whether to hang up")
    static let hangUp = form("/anrufe/:id/auflegen", .tenant(.liveIntervene), "hangs a running call up")
    static let takingOver = page(
        "/anrufe/:id/uebernehmen",
        .tenant(.liveIntervene),
        "asks for the number to take over at"
    )
    static let takeOver = form(
        "/anrufe/:id/uebernehmen",
        .tenant(.liveIntervene),
        "connects the caller with that number"
    )

    package static let callPagesTable: [Endpoint] = [
        overview, calls, callsExport, liveCalls, liveEvents, call, hangingUp, hangUp, takingOver, takeOver,
    ]
}
