import Calls
import Foundation
import Kernel
import Localization
import Outbox
import PageParts
import Site
import Tenants
import Web

/// What the status page says: only what was measured or counted.
struct StatusPage {
    /// Mails that wait longer than this are late; in seconds.
    static let mailPatience: TimeInterval = 600

    let readings: [HealthReading]
    /// Nil if they could not be read.
    let figures: InstallationFigures?
    let version: String
    let visit: PlatformVisit

    var model: Model {
        let parts = components
        return [
            "stated": .text(visit.text("platform.status_at", ["time": visit.localizer.clockWithSeconds(visit.now)])),
            "summary": summary(parts),
            "figures": .list(figures.map(keyFigures) ?? []),
            "has_figures": .flag(figures != nil),
            "components": .list(parts.map(\.model)),
            "has_nodes": .flag(figures?.nodes.isEmpty == false),
            "nodes": .list(nodes.map(\.model)),
            "has_calls": .flag((figures?.callsToday ?? 0) + (figures?.refusedToday ?? 0) > 0),
            "outcomes": .list(figures.map { OutcomeRows(figures: $0, visit: visit).models } ?? []),
            "has_busy": .flag(figures?.busiest.isEmpty == false),
            "busy": .list(
                figures?.busiest.map { busy in
                    [
                        "busy_path": .text(busy.tenant.pagePath), "busy_name": .text(busy.name),
                        "busy_calls": .text(visit.localizer.number(busy.calls)),
                    ]
                } ?? []
            ),
            "release": .list(release.map { ["term": .text($0.0), "value": .text($0.1)] }),
        ]
    }

    // MARK: Parts

    /// The dependencies, then the mails, then what leads calls.
    private var components: [StatusComponent] {
        readings.map { StatusComponent($0, visit) } + (figures.map { [StatusComponent($0.mails, visit)] } ?? [])
    }

    private var nodes: [StatusComponent] { figures?.nodes.map { StatusComponent($0, visit) } ?? [] }

    private func summary(_ parts: [StatusComponent]) -> Model.Value {
        let all = parts + nodes
        let broken = all.filter { $0.tone == .bad }.count
        let impaired = all.filter { $0.tone == .warn }.count
        let (tone, icon, key): (String, String, String) =
            if broken > 0 {
                ("bad", "error", "summary_broken")
            } else if figures == nil {
                ("warn", "warning", "summary_unknown")
            } else if impaired > 0 {
                ("warn", "warning", "summary_impaired")
            } else {
                ("ok", "ok", "summary_ok")
            }
        return [
            "summary_tone": .text(tone), "summary_icon": .text(icon),
            "summary_heading": .text(visit.text("platform.\(key)")),
            "summary_text": .text(visit.text("platform.\(key)_text")),
            "is_calm": .flag(tone == "ok"),
        ]
    }

    private func keyFigures(_ figures: InstallationFigures) -> [Model] {
        let localizer = visit.localizer
        let failed = figures.outcomes[CallOutcome.failed.rawValue] ?? 0
        let minutes = InstallationReading.recentSeconds / 60
        let perMinute = (figures.recentCalls * 10 + minutes / 2) / minutes
        let today = figures.callsToday
        return [
            figure(
                "running",
                localizer.number(figures.runningCalls),
                visit.counted(figures.busiest.count, one: "platform.busy_one", many: "platform.busy_many")
            ),
            figure(
                "recent",
                localizer.decimal(perMinute, digits: 1),
                visit.text("platform.recent_note", ["n": localizer.number(minutes)])
            ),
            figure(
                "today",
                localizer.number(today),
                figures.refusedToday == 0
                    ? visit.text("platform.today_note_none")
                    : visit.text("platform.today_note", ["n": localizer.number(figures.refusedToday)])
            ),
            figure(
                "failed",
                today == 0 ? "–" : localizer.percent(perMille: (failed * 1_000 + today / 2) / today),
                visit.text("platform.failed_note", ["n": localizer.number(failed), "all": localizer.number(today)])
            ),
        ]
    }

    private func figure(_ name: String, _ value: String, _ note: String) -> Model {
        ["term": .text(visit.text("platform.status_\(name)")), "value": .text(value), "note": .text(note)]
    }

    private var release: [(String, String)] {
        var facts = [(visit.text("platform.version"), version)]
        if let migrations = figures?.migrations {
            facts.append((visit.text("platform.migrations"), visit.localizer.number(migrations.count)))
            if let newest = migrations.newest { facts.append((visit.text("platform.migration_newest"), newest)) }
            if let at = migrations.appliedAt {
                facts.append((visit.text("platform.migration_at"), visit.localizer.dateTime(at)))
            }
        }
        return facts
    }
}
