import Audit
import Foundation
import Kernel
import Localization
import Site
import Tenants

/// What the page of the platform's log says.
struct PlatformLogPage {
    let list: PlatformLogList
    let page: AuditPage
    let names: PlatformNames
    let visit: PlatformVisit

    /// What an exported log is called.
    static func fileName(_ visit: PlatformVisit, _ format: AuditExport.Format) -> String {
        "audit-plattform-\(visit.localizer.field(visit.now)).\(format.rawValue)"
    }

    var model: Model {
        let words = PlatformLogWords(visit: visit, names: names)
        return visit.listModel(
            list.state,
            total: page.entries.count,
            shown: page.entries.count,
            filters: filters,
            searchLabel: visit.text("audit_page.search")
        ).merging([
            "count": .text(countText),
            "entries": .list(page.entries.map { row($0, words) }),
            "may_export": .flag(visit.may(.platformAuditExport)),
            "sheet_path": .text(PlatformLogList.path + ".csv"),
            "proof_path": .text(PlatformLogList.path + ".jsonl"),
            "verifier_path": .text(PlatformLogList.path + "/verify.py"),
            "command": .text("python3 verify.py \(Self.fileName(visit, .jsonl))"),
            "older": .text(page.next.map(list.older)),
            "newest": .text(list.before == nil ? nil : list.newest),
            "has_more": .flag(page.next != nil || list.before != nil),
        ])
    }

    /// Counting all of them would leave another opening of the door in the log with every look at it.
    private var countText: String {
        visit.counted(page.entries.count, one: "platform.log_one", many: "platform.log_many")
    }

    private var filters: [ListFilterLabels] {
        let all = visit.text("lists.all")
        return [
            ListFilterLabels(
                name: "bereich",
                label: visit.text("audit_page.group"),
                allLabel: all,
                values: PlatformLogList.groups.map { ($0.value, visit.text("platform.group_\($0.value)")) }
            ),
            ListFilterLabels(
                name: "person",
                label: visit.text("audit_page.person"),
                allLabel: all,
                values: names.staff.map { ($0.person.description, $0.name) }
            ),
            ListFilterLabels(
                name: "zeitraum",
                label: visit.text("audit_page.period"),
                allLabel: all,
                values: PlatformLogList.Period.allCases.map {
                    ($0.rawValue, visit.text("audit_page.period_\($0.rawValue)"))
                }
            ),
        ]
    }

    private func row(_ entry: AuditLine, _ words: PlatformLogWords) -> Model {
        let actor = words.actor(entry.actor)
        let changes = self.changes(entry, words)
        return [
            "date": .text(visit.localizer.date(entry.at)),
            "clock": .text(visit.localizer.clockWithSeconds(entry.at)),
            "moment": .text(Localizer.machine(entry.at)),
            "actor": .text(actor.name),
            "actor_note": .text(actor.note),
            "action": .text(words.action(entry.action)),
            "code": .text(entry.action),
            "object": .text(words.object(entry)),
            "seq": .text(visit.localizer.number(Int(entry.seq))),
            "origin": .text(entry.actor.addressPrefix.map { String($0.split(separator: ":").last ?? "") } ?? "–"),
            "reason": .text(words.reason(entry).map { visit.text("audit_page.reason", ["reason": $0]) }),
            "has_changes": .flag(!changes.isEmpty),
            "changes": .list(changes),
            "facts": .list(facts(entry, words)),
            "is_erased": .flag(entry.isErased),
        ]
    }

    /// Members that differ, before and after.
    private func changes(_ entry: AuditLine, _ words: PlatformLogWords) -> [Model] {
        let (old, new) = (Self.members(entry.before), Self.members(entry.after))
        return Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] }.map { field in
            let name = words.field(field)
            return [
                "removed": .text(old[field].map { "\(name): \(words.value($0, of: field))" }),
                "added": .text(new[field].map { "\(name): \(words.value($0, of: field))" }),
            ]
        }
    }

    private static func members(_ value: AuditValue?) -> [String: AuditValue] {
        switch value {
        case nil, .null: [:]
        case .object(let members): members
        case .some(let value): ["value": value]
        }
    }

    private func facts(_ entry: AuditLine, _ words: PlatformLogWords) -> [Model] {
        var facts: [(String, String)] = []
        if case .object(let members)? = entry.personal {
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                facts.append((words.field(name), words.value(value, of: name)))
            }
        }
        facts.append((visit.text("audit_page.entry"), visit.localizer.number(Int(entry.seq))))
        facts.append((visit.text("audit_page.code"), entry.action))
        facts.append((visit.text("audit_page.object_id"), entry.object.id))
        if let id = entry.requestID { facts.append((visit.text("audit_page.request"), id)) }
        return facts.map { ["term": .text($0.0), "value": .text($0.1)] }
    }
}
