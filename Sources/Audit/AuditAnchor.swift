import Crypto
package import Foundation

/// The end of a chain at a time, signed, to be kept where nobody who can write to the database can.
///
/// It stands for itself: it proves the end of one chain without the lines of the others.
package struct AuditAnchor: Hashable, Sendable {
    /// The tenant's id, or `platform`.
    package let chain: String
    package let head: AuditHead
    /// UTC, whole seconds.
    package let time: String
    /// The hash of the line before it, over all files of a folder; 32 zero bytes at first.
    package let previous: Data
    /// The public key that `signature` is checked with.
    package let key: Data
    /// Ed25519 over the canonical JSON of the other members.
    package let signature: Data

    init(chain: String, head: AuditHead, time: String, previous: Data, signedBy key: AuditAnchorKey) throws {
        let publicKey = key.publicKey
        let members = Self.members(chain, head, time, previous, publicKey)
        self.init(
            chain: chain,
            head: head,
            time: time,
            previous: previous,
            key: publicKey,
            signature: try key.signature(of: AuditValue.object(members).canonical)
        )
    }

    private init(chain: String, head: AuditHead, time: String, previous: Data, key: Data, signature: Data) {
        self.chain = chain
        self.head = head
        self.time = time
        self.previous = previous
        self.key = key
        self.signature = signature
    }

    /// Nil unless `line` is an anchor in its one spelling.
    package init?(line: some StringProtocol) {
        guard let value = try? JSONDecoder().decode(AuditValue.self, from: Data(line.utf8)),
            let anchor = AuditAnchor(value: value), anchor.line == line
        else { return nil }
        self = anchor
    }

    init?(value: AuditValue) {
        guard case .object(let members) = value, members["version"] == .integer(1),
            let chain = members["chain"]?.string, let time = members["time"]?.string,
            case .integer(let seq) = members["seq"], seq >= 0,
            let hash = members["hash"]?.string.flatMap({ Data(hexadecimal: $0, count: 32) }),
            let previous = members["previous"]?.string.flatMap({ Data(hexadecimal: $0, count: 32) }),
            let key = members["key"]?.string.flatMap({ Data(hexadecimal: $0, count: 32) }),
            let signature = members["signature"]?.string.flatMap({ Data(hexadecimal: $0, count: 64) })
        else { return nil }
        self.init(
            chain: chain,
            head: AuditHead(seq: seq, hash: hash),
            time: time,
            previous: previous,
            key: key,
            signature: signature
        )
        guard self.value == value else { return nil }
    }

    /// Its line in a file, without the end of line.
    package var line: String { value.canonical }

    /// What the next line carries as `previous`.
    package var lineHash: Data { Data(SHA256.hash(data: Data(line.utf8))) }

    var value: AuditValue {
        var members = Self.members(chain, head, time, previous, key)
        members["signature"] = .text(signature.hexadecimal)
        return .object(members)
    }

    /// Whether the holder of the private key of `publicKey` said this.
    package func isSigned(by publicKey: Data) -> Bool {
        guard key == publicKey, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
            return false
        }
        let signed = AuditValue.object(Self.members(chain, head, time, previous, self.key)).canonical
        return key.isValidSignature(signature, for: Data(signed.utf8))
    }

    package func isSigned(byOneOf publicKeys: [Data]) -> Bool {
        publicKeys.contains { isSigned(by: $0) }
    }

    private static func members(
        _ chain: String,
        _ head: AuditHead,
        _ time: String,
        _ previous: Data,
        _ key: Data
    ) -> [String: AuditValue] {
        [
            "version": 1,
            "chain": .text(chain),
            "seq": .integer(head.seq),
            "hash": .text(head.hash.hexadecimal),
            "time": .text(time),
            "previous": .text(previous.hexadecimal),
            "key": .text(key.hexadecimal),
        ]
    }
}

/// Signs anchors; everybody may have the public half.
package struct AuditAnchorKey: Sendable {
    package struct Malformed: Error {}

    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter seed: 32 secret bytes.
    package init(seed: Data) throws(Malformed) {
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            throw Malformed()
        }
    }

    package var publicKey: Data { key.publicKey.rawRepresentation }

    /// The public half as operators hand it on: 64 hexadecimal digits.
    package var publicKeyText: String { publicKey.hexadecimal }

    /// The public half that `text` spells; nil if it spells none.
    package static func publicKey(_ text: String) -> Data? { Data(hexadecimal: text, count: 32) }

    func signature(of text: String) throws -> Data { try key.signature(for: Data(text.utf8)) }
}
