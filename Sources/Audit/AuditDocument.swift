import Crypto
import Foundation

/// What an export says of itself before its entries.
struct AuditExportHeader {
    static let format = "voiceagent-audit"
    static let version: Int64 = 1

    let chain: AuditChain
    let at: Date
    let head: AuditHead
    let anchor: AuditAnchor?

    var value: AuditValue {
        [
            "format": .text(Self.format),
            "version": .integer(Self.version),
            "chain": .text(chain.name),
            "exported_at": .text(AuditTime.text(at)),
            "head": head.value,
            "anchor": anchor?.value ?? .null,
        ]
    }
}

/// An export as it grows. It holds only what was not taken yet.
struct AuditDocument {
    private let format: AuditExport.Format
    private var text = ""
    private var count: Int64 = 0
    private var digest = SHA256()

    init(format: AuditExport.Format, header: AuditExportHeader) {
        self.format = format
        switch format {
        case .jsonl: write(header.value.canonical + "\n")
        case .csv: write("\u{FEFF}" + AuditSheet.header)
        }
    }

    /// How many bytes wait to be taken.
    var pending: Int { text.utf8.count }

    mutating func append(_ row: AuditRow) {
        count += 1
        switch format {
        case .jsonl: write(row.exported.canonical + "\n")
        case .csv: write(AuditSheet.line(row))
        }
    }

    mutating func end(_ head: AuditHead) {
        guard format == .jsonl else { return }
        let trailer: AuditValue = [
            "count": .integer(count),
            "head": head.value,
            "digest": .text(Data(digest.finalize()).hexadecimal),
        ]
        write(trailer.canonical + "\n")
    }

    mutating func take() -> String {
        defer { text = "" }
        return text
    }

    private mutating func write(_ piece: String) {
        text += piece
        if format == .jsonl { digest.update(data: Data(piece.utf8)) }
    }
}

extension AuditHead {
    var value: AuditValue { ["seq": .integer(seq), "hash": .text(hash.hexadecimal)] }
}

extension AuditRow {
    /// The line of an export. The entry and the detail are texts, so that whoever checks them needs not spell them anew.
    var exported: AuditValue {
        var members: [String: AuditValue] = [
            "entry": .text(link?.canonical ?? ""),
            "previous_hash": .text(previousHash.hexadecimal),
            "hash": .text(hash.hexadecimal),
        ]
        switch detail {
        case .none: break
        case .kept(let detail):
            members["personal"] = ["salt": .text(detail.salt.hexadecimal), "body": .text(detail.body.canonical)]
        case .erased: members["personal"] = ["erased": true]
        case .faulty: members["personal"] = [:]
        }
        return .object(members)
    }
}
