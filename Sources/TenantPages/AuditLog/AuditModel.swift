import Audit
import Kernel
import Localization
import Site
import Tenants

/// What the page of the log says.
struct AuditModel {
    /// Entries are counted up to here.
    static let countLimit = 10_000

    let list: AuditList
    let page: AuditPage
    let count: Int
    let members: [Member]
    let names: AuditNames
    let visit: TenantVisit

    var model: Model {
        let words = AuditWords(names: names, visit: visit)
        let mayExport = visit.may(.auditExport)
        return visit.listModel(
            list.state,
            total: count,
            shown: page.entries.count,
            filters: filters,
            searchLabel: visit.text("audit_page.search")
        ).merging([
            "count": .text(countText),
            "entries": .list(page.entries.map { row($0, words) }),
            "may_export": .flag(mayExport),
            "sheet_path": "/audit-protokoll.csv",
            "proof_path": "/audit-protokoll.jsonl",
            "verifier_path": "/audit-protokoll/verify.py",
            "command": .text("python3 verify.py \(AuditExportName(visit).name(.jsonl))"),
            "older": .text(page.next.map(list.older)),
            "newest": .text(list.before == nil ? nil : list.newest),
            "has_more": .flag(page.next != nil || list.before != nil),
        ])
    }

    private var countText: String {
        let number = visit.localizer.number(count)
        if count == 1 { return visit.text("audit_page.count_one") }
        return visit.text(count >= Self.countLimit ? "audit_page.count_least" : "audit_page.count", ["n": number])
    }

    private var filters: [ListFilterLabels] {
        let all = visit.text("lists.all")
        return [
            ListFilterLabels(
                name: "bereich",
                label: visit.text("audit_page.group"),
                allLabel: all,
                values: AuditList.groups.map { ($0.value, visit.text("audit_page.group_\($0.value)")) }
            ),
            ListFilterLabels(
                name: "person",
                label: visit.text("audit_page.person"),
                allLabel: all,
                values: members.map { ($0.person.description, $0.name) }
            ),
            ListFilterLabels(
                name: "zeitraum",
                label: visit.text("audit_page.period"),
                allLabel: all,
                values: AuditList.Period.allCases.map { ($0.rawValue, visit.text("audit_page.period_\($0.rawValue)")) }
            ),
        ]
    }

    private func row(_ entry: AuditLine, _ words: AuditWords) -> Model {
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
            "reason": .text(entry.reason.map { visit.text("audit_page.reason", ["reason": $0]) }),
            "has_changes": .flag(!changes.isEmpty),
            "changes": .list(changes),
            "facts": .list(facts(entry, words)),
            "is_erased": .flag(entry.isErased),
        ]
    }

    private func changes(_ entry: AuditLine, _ words: AuditWords) -> [Model] {
        AuditDiff(before: entry.before, after: entry.after).lines.map { line in
            let name = words.field(line.field)
            return [
                "removed": .text(line.before.map { "\(name): \(words.value($0, of: line.field))" }),
                "added": .text(line.after.map { "\(name): \(words.value($0, of: line.field))" }),
            ]
        }
    }

    private func facts(_ entry: AuditLine, _ words: AuditWords) -> [Model] {
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
