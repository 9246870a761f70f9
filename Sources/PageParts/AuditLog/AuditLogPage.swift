package import Audit
import Foundation
import Localization
package import Site

/// What the page of a log shows, for `audit/log`.
package struct AuditLogPage<Words: AuditWording> {
    private let list: AuditLogList
    private let page: AuditPage
    private let words: Words

    package init(_ list: AuditLogList, _ page: AuditPage, _ words: Words) {
        self.list = list
        self.page = page
        self.words = words
    }

    /// - Parameters:
    ///   - total: how many entries match, as far as they were counted, and the same in words.
    ///   - filters: `auditFilters`.
    ///   - note: what the log is.
    ///   - caption: the same, for the table.
    ///   - export: what the exported log is called; nil without the permission.
    package func model(
        total: (count: Int, text: String),
        filters: [ListFilterLabels],
        note: String,
        caption: String,
        export: AuditExportName?
    ) -> Model {
        visit.listModel(
            list.state,
            total: total.count,
            shown: page.entries.count,
            filters: filters,
            searchLabel: visit.text("audit_page.search")
        ).merging([
            "note": .text(note),
            "caption": .text(caption),
            "count": .text(total.text),
            "entries": .list(page.entries.map(row)),
            "may_export": .flag(export != nil),
            "sheet_path": .text(list.state.path + ".csv"),
            "proof_path": .text(list.state.path + ".jsonl"),
            "verifier_path": .text(list.state.path + "/verify.py"),
            "command": .text(export.map { "python3 verify.py " + $0.name(.jsonl) }),
            "older": .text(page.next.map(list.older)),
            "newest": .text(list.before == nil ? nil : list.newest),
            "has_more": .flag(page.next != nil || list.before != nil),
        ])
    }

    private var visit: Words.Reader { words.visit }

    private func row(_ entry: AuditLine) -> Model {
        let actor = words.actor(entry.actor)
        let changes = self.changes(entry)
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
            "facts": .list(facts(entry)),
            "is_erased": .flag(entry.isErased),
        ]
    }

    private func changes(_ entry: AuditLine) -> [Model] {
        AuditDiff(before: entry.before, after: entry.after).lines.map { line in
            let name = words.field(line.field)
            return [
                "removed": .text(line.before.map { "\(name): \(words.value($0, of: line.field))" }),
                "added": .text(line.after.map { "\(name): \(words.value($0, of: line.field))" }),
            ]
        }
    }

    private func facts(_ entry: AuditLine) -> [Model] {
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
