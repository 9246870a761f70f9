import Credentials
import Database
import Foundation
import Kernel
import Secrets

/// Accepts the codes that a person types, each at most once (requirement B5).
struct CodeCheck: Sendable {
    enum Factor: String {
        case totp = "password,totp"
        case recoveryCode = "password,recovery_code"
    }

    let parts: PeopleParts
    let now: Date

    /// Which factor the code was one of; nil if it is wrong or was used. Of concurrent uses one succeeds.
    func accept(_ code: String, of person: Person, in transaction: Transaction) throws -> Factor? {
        let queries = FactorQueries(transaction: transaction)
        let digits = code.filter { !$0.isWhitespace }
        if digits.utf8.count == OneTimeCode.digits {
            guard let factor = try queries.totp(of: person.id),
                let step = try step(matching: digits, factor, of: person.id)
            else { return nil }
            return try queries.spend(step: step, of: person.id) ? .totp : nil
        }
        guard let recovery = RecoveryCode(typed: code),
            try queries.spend(recovery: recovery.hash, of: person.id, at: now)
        else { return nil }
        try parts.mails.factorChanged(person, .recoveryCodeUsed, in: transaction)
        return .recoveryCode
    }

    /// The step whose code was typed.
    func step(matching code: String, _ factor: StoredTOTP, of person: PersonID) throws -> Int64? {
        let text = try parts.envelope.open(factor.sealed, for: Self.place(of: person)).reveal()
        return TOTPSecret(text).flatMap { OneTimeCode($0).step(matching: code, at: now) }
    }

    static func place(of person: PersonID) -> SealedPlace {
        SealedPlace(.platform, purpose: "totp", table: "totp_factor", row: "\(person)", column: "ciphertext")
    }
}
