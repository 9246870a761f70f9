import Crypto
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
