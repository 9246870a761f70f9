import Crypto
package import Foundation

/// What the check of an exported file found.
package enum AuditFileVerdict: Hashable, Sendable {
    /// Nothing was changed since the entries were recorded, as far as the chain and the anchors reach.
    case intact(AuditHead, erasedDetails: Int)
    /// The first thing that is wrong, in this line of the file, which counts from 1.
    case broken(line: Int, AuditFinding)
    /// The file is no export of ours.
    case foreign
}

/// Checks an export line by line, in the memory of one line. `Resources/audit/verify.py` judges alike.
package struct AuditExportVerifier {
    private var check: AnchorCheck
    private let anchors: [AuditAnchor]
    private let publicKeys: [Data]
    private var header: ExportedHeader?
    private var trailer: ExportedTrailer?
    private var digest = SHA256()
    private var end = AuditHead.empty
    private var line = 0
    private var erased = 0
    private var verdict: AuditFileVerdict?

    /// - Parameters:
    ///   - anchors: ends of this chain, and others, that were kept elsewhere.
    ///   - publicKeys: one of them must have signed each anchor of this chain; none leaves signatures unchecked.
    package init(anchors: [AuditAnchor], publicKeys: [Data] = []) {
        self.anchors = anchors
        self.publicKeys = publicKeys
        check = AnchorCheck([])
    }

    /// Takes the next line, without its end. After the first fault it does nothing.
    package mutating func take(_ text: Data) {
        line += 1
        guard verdict == nil else { return }
        if line == 1 {
            readHeader(text)
        } else if trailer != nil {
            verdict = .broken(line: line, .logLonger)
        } else if let row = try? JSONDecoder().decode(ExportedRow.self, from: text) {
            hash(text)
            judge(row)
        } else if let trailer = try? JSONDecoder().decode(ExportedTrailer.self, from: text) {
            self.trailer = trailer
        } else {
            verdict = .broken(line: line, .chainMismatch)
        }
    }

    /// What all lines together are.
    package mutating func finish() -> AuditFileVerdict {
        verdict ?? judgeEnd()
    }

    private mutating func readHeader(_ text: Data) {
        guard let header = try? JSONDecoder().decode(ExportedHeader.self, from: text),
            header.format == AuditExportHeader.format, header.version == AuditExportHeader.version
        else {
            verdict = .foreign
            return
        }
        self.header = header
        hash(text)
        let kept = anchors.filter { $0.chain == header.chain } + (header.anchor.map { [$0] } ?? [])
        check = AnchorCheck(kept.map(\.head))
        let isHonest = kept.allSatisfy { anchor in
            anchor.chain == header.chain && (publicKeys.isEmpty || anchor.isSigned(byOneOf: publicKeys))
        }
        if !isHonest { verdict = .broken(line: 1, .anchorMismatch) }
    }

    private mutating func hash(_ text: Data) {
        digest.update(data: text)
        digest.update(data: Data([UInt8(ascii: "\n")]))
    }

    private mutating func judge(_ row: ExportedRow) {
        guard let entry = try? JSONDecoder().decode(ExportedEntry.self, from: Data(row.entry.utf8)),
            entry.chain == header?.chain, entry.seq == end.seq + 1,
            row.previousHash == end.hash.hexadecimal,
            let hash = Data(hexadecimal: row.hash, count: 32),
            AuditLink.hash(of: row.entry, after: end.hash) == hash,
            isHonest(row.personal, entry.personalHash)
        else {
            verdict = .broken(line: line, .chainMismatch)
            return
        }
        end = AuditHead(seq: entry.seq, hash: hash)
        if !check.passes(end) { verdict = .broken(line: line, .anchorMismatch) }
    }

    private mutating func isHonest(_ personal: ExportedPersonal?, _ hash: String?) -> Bool {
        guard let personal else { return hash == nil }
        guard let hash else { return false }
        if personal.erased == true {
            erased += 1
            return personal.salt == nil && personal.body == nil
        }
        guard let body = personal.body, let salt = personal.salt.flatMap({ Data(hexadecimal: $0, count: 32) }) else {
            return false
        }
        return AuditDetail.hash(of: body, salt: salt).hexadecimal == hash
    }

    private mutating func judgeEnd() -> AuditFileVerdict {
        guard let header else { return .foreign }
        guard let trailer else { return .broken(line: line, .headLonger) }
        for head in [header.head, trailer.head] {
            if end.seq > head.seq { return .broken(line: line, .logLonger) }
            if end.seq < head.seq { return .broken(line: line, .headLonger) }
            if end.hash.hexadecimal != head.hash { return .broken(line: line, .chainMismatch) }
        }
        if trailer.count != end.seq { return .broken(line: line, .chainMismatch) }
        if !check.isComplete { return .broken(line: line, .anchorMismatch) }
        if trailer.digest != Data(digest.finalize()).hexadecimal { return .broken(line: line, .chainMismatch) }
        return .intact(end, erasedDetails: erased)
    }
}

private struct ExportedHead: Decodable {
    let seq: Int64
    let hash: String
}

private struct ExportedHeader: Decodable {
    let format: String
    let version: Int64
    let chain: String
    let head: ExportedHead
    let anchor: AuditAnchor?

    enum CodingKeys: CodingKey {
        case format, version, chain, head, anchor
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        format = try container.decode(String.self, forKey: .format)
        version = try container.decode(Int64.self, forKey: .version)
        chain = try container.decode(String.self, forKey: .chain)
        head = try container.decode(ExportedHead.self, forKey: .head)
        anchor = try container.decodeIfPresent(AuditValue.self, forKey: .anchor).map { value in
            guard let anchor = AuditAnchor(value: value) else {
                throw DecodingError.dataCorruptedError(forKey: .anchor, in: container, debugDescription: "no anchor")
            }
            return anchor
        }
    }
}

private struct ExportedRow: Decodable {
    let entry: String
    let previousHash: String
    let hash: String
    let personal: ExportedPersonal?

    enum CodingKeys: String, CodingKey {
        case entry, hash, personal
        case previousHash = "previous_hash"
    }
}

private struct ExportedPersonal: Decodable {
    let salt: String?
    let body: String?
    let erased: Bool?
}

private struct ExportedEntry: Decodable {
    let chain: String
    let seq: Int64
    let personalHash: String?

    enum CodingKeys: String, CodingKey {
        case chain, seq
        case personalHash = "personal_hash"
    }
}

private struct ExportedTrailer: Decodable {
    let count: Int64
    let head: ExportedHead
    let digest: String
}
