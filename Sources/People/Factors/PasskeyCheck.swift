import Credentials
import Database
import Foundation
import Kernel

/// What a passkey's answer is worth.
struct PasskeyVerdict: Sendable {
    /// Nil if the answer is not accepted.
    let owner: PersonID?
    /// `passkey`, or why it is not accepted; for the record, not for the person.
    let detail: String

    static func refused(_ refusal: WebAuthnRefusal) -> Self { Self(owner: nil, detail: refusal.rawValue) }
}

/// Asks passkeys and judges their answers; each challenge is good once, for five minutes.
struct PasskeyCheck: Sendable {
    static let patience: TimeInterval = 5 * 60

    let parts: PeopleParts

    /// - Parameter person: whose passkeys may answer; nil lets the browser offer all it has for this site.
    func request(
        _ kind: PasskeyQueries.ChallengeKind,
        person: PersonID?,
        session: WebSessionID?
    ) async throws -> PasskeyRequest {
        let now = parts.time.now()
        let webAuthn = parts.webAuthn
        return try await parts.database.withPeople { transaction in
            let queries = PasskeyQueries(transaction: transaction)
            let options = webAuthn.assertionOptions(allowed: try person.map(queries.descriptors) ?? [])
            let id = try queries.keep(
                options.challenge,
                kind,
                person: person,
                session: session,
                until: now.addingTimeInterval(Self.patience),
                at: now
            )
            return PasskeyRequest(challenge: id, options: try options.json())
        }
    }

    /// Whose passkey answered. The challenge is spent either way.
    func accept(
        _ response: Data,
        _ challenge: UUID,
        _ kind: PasskeyQueries.ChallengeKind,
        session: WebSessionID?,
        at date: Date,
        in transaction: Transaction
    ) throws -> PasskeyVerdict {
        let queries = PasskeyQueries(transaction: transaction)
        guard let expected = try queries.take(challenge, kind, session: session, at: date) else {
            return .refused(.wrongChallenge)
        }
        do {
            let answer = try AssertionResponse(json: response)
            guard let passkey = try queries.find(credential: answer.credentialID),
                answer.person == nil || answer.person == passkey.person.uuid
            else { return .refused(.wrongCredential) }
            let count = try parts.webAuthn.verify(answer, challenge: expected, passkey: passkey.known)
            try queries.used(passkey.id, count: count, at: date)
            return PasskeyVerdict(owner: passkey.person, detail: "passkey")
        } catch let refusal as WebAuthnRefusal {
            return .refused(refusal)
        }
    }
}
