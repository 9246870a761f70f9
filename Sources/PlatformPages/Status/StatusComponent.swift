import Calls
import Foundation
import Kernel
import Localization
import Outbox
import PageParts
import Site
import Tenants
import Web

/// One part of the installation: its state as icon and word, a fact, and what to do if it is not well.
struct StatusComponent {
    enum Tone: String {
        case ok
        case warn
        case bad
        /// Neither good nor bad: it is not meant to work now.
        case off

        var icon: String {
            switch self {
            case .ok: "ok"
            case .warn: "warning"
            case .bad: "error"
            case .off: "none"
            }
        }
    }

    let icon: String
    let name: String
    let tone: Tone
    let word: String
    let fact: String?
    let advice: String?

    var model: Model {
        [
            "part_icon": .text(icon), "part_name": .text(name), "part_tone": .text(tone.rawValue),
            "part_state_icon": .text(tone.icon), "part_word": .text(word), "part_fact": .text(fact),
            "part_advice": .text(advice),
        ]
    }
}

extension StatusComponent {
    init(_ reading: HealthReading, _ visit: PlatformVisit) {
        let part = reading.part.rawValue
        let icon: String =
            switch reading.part {
            case .database: "database"
            case .redis: "server"
            case .stripe: "card"
            }
        let tone: Tone =
            switch reading.state {
            case .operational: .ok
            case .slow: .warn
            // Without Redis or Stripe calls are answered all the same.
            case .unreachable, .unauthorized: reading.part == .database ? .bad : .warn
            case .unconfigured: .off
            }
        let milliseconds = visit.localizer.milliseconds(max(1, Int((reading.latency * 1_000).rounded())))
        let hasAnswered = reading.state == .operational || reading.state == .slow
        self.init(
            icon: icon,
            name: visit.text("platform.part_\(part)"),
            tone: tone,
            word: visit.text("platform.state_\(reading.state.rawValue)"),
            fact: hasAnswered
                ? visit.text("platform.answered_in", ["time": milliseconds]) : visit.text("platform.fact_\(part)"),
            advice: tone == .ok ? nil : visit.text("platform.advice_\(part)_\(reading.state.rawValue)")
        )
    }

    init(_ mails: OutboxFigures, _ visit: PlatformVisit) {
        let localizer = visit.localizer
        let isLate = mails.oldestWaiting.map { visit.now.timeIntervalSince($0) > StatusPage.mailPatience } ?? false
        let state = isLate ? "late" : mails.failedLastDay > 0 ? "failed" : "operational"
        let waiting =
            mails.waiting == 0
            ? visit.text("platform.mails_none")
            : visit.counted(mails.waiting, one: "platform.mails_one", many: "platform.mails_many")
        let since = mails.oldestWaiting.map {
            visit.text("platform.mails_oldest", ["time": localizer.dateTime($0)])
        }
        let sent = visit.text(
            "platform.mails_day",
            ["sent": localizer.number(mails.sentLastDay), "failed": localizer.number(mails.failedLastDay)]
        )
        self.init(
            icon: "mail",
            name: visit.text("platform.part_mail"),
            tone: state == "operational" ? .ok : .warn,
            word: visit.text("platform.state_mail_\(state)"),
            fact: [waiting, since, sent].compactMap(\.self).joined(separator: " · "),
            advice: state == "operational" ? nil : visit.text("platform.advice_mail_\(state)")
        )
    }

    /// A process that is silent and still leads calls has lost them.
    init(_ node: InstallationFigures.Node, _ visit: PlatformVisit) {
        let isAlive = visit.now.timeIntervalSince(node.seenAt) <= NodeWatch.patience.seconds
        let (tone, state): (Tone, String) =
            isAlive ? (.ok, "alive") : node.calls > 0 ? (.bad, "lost") : (.off, "silent")
        let calls =
            node.calls == 0
            ? visit.text("platform.node_calls_none")
            : visit.counted(node.calls, one: "platform.node_calls_one", many: "platform.node_calls_many")
        let isToday = visit.localizer.isSameDay(node.seenAt, visit.now)
        let seen = isToday ? visit.localizer.clockWithSeconds(node.seenAt) : visit.localizer.dateTime(node.seenAt)
        self.init(
            icon: "server",
            name: node.name,
            tone: tone,
            word: visit.text("platform.node_\(state)"),
            fact: calls + " · " + visit.text("platform.node_seen", ["time": seen]),
            advice: isAlive ? nil : visit.text("platform.advice_node_\(state)")
        )
    }
}
