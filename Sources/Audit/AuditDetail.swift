import Crypto
import Database
import Foundation

/// The personal data of an entry, with the salt that keeps its hash from being guessed.
struct AuditDetail: Hashable, Sendable {
    let salt: Data
    let body: AuditValue

    /// With a salt of its own: 32 random bytes.
    init(body: AuditValue) {
        self.init(salt: SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }, body: body)
    }

    init(salt: Data, body: AuditValue) {
        self.salt = salt
        self.body = body
    }

    /// Nil if the text is no value.
    init?(salt: Data, canonical: String) {
        do {
            self.init(salt: salt, body: try JSONText(text: canonical).decode())
        } catch {
            return nil
        }
    }

    /// What is sealed: the salt in base64, then the canonical JSON of the body.
    var sealedText: String { salt.base64EncodedString() + body.canonical }

    init?(sealedText: String) {
        guard let salt = Data(base64Encoded: String(sealedText.prefix(Self.saltCharacters))), salt.count == 32 else {
            return nil
        }
        self.init(salt: salt, canonical: String(sealedText.dropFirst(Self.saltCharacters)))
    }

    /// 32 bytes in base64.
    private static let saltCharacters = 44

    /// SHA-256 over the salt and the canonical JSON of the body.
    var hash: Data { Self.hash(of: body.canonical, salt: salt) }

    static func hash(of canonical: String, salt: Data) -> Data {
        var hasher = SHA256()
        hasher.update(data: salt)
        hasher.update(data: Data(canonical.utf8))
        return Data(hasher.finalize())
    }
}

/// What is there of an entry's personal detail.
enum AuditDetailState: Hashable, Sendable {
    /// The entry has none.
    case none
    case kept(AuditDetail)
    case erased
    /// The row is missing, or is there although the entry knows of none, or is half erased.
    case faulty

    /// Whether the entry that holds `hash` can have this.
    func agrees(with hash: Data?) -> Bool {
        switch self {
        case .none: hash == nil
        case .kept(let detail): detail.hash == hash
        case .erased: hash != nil
        case .faulty: false
        }
    }
}
