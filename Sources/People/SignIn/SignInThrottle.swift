import Crypto
import Foundation
import Kernel
package import RedisStore

/// How often somebody may try (requirement B6).
///
/// No limit is a lock: each frees itself with time, and a browser in which the owner signed in before has buckets of
/// its own, which nobody else can fill. While Redis is away each node allows a quarter.
package struct SignInThrottle: Sendable {
    /// Attempts at one account from browsers it does not know.
    static let account = RateLimit(10, per: .seconds(15 * 60))
    /// Attempts at one account from one browser that it knows.
    static let device = RateLimit(10, per: .seconds(15 * 60))
    /// Attempts from one address (IPv6: /64).
    static let address = RateLimit(30, per: .seconds(15 * 60))
    /// Attempts from one network (/24, IPv6: /48), in which there may be many customers.
    static let network = RateLimit(150, per: .seconds(15 * 60))
    /// Attempts of all strangers together, and as many of all known browsers.
    static let total = RateLimit(600, per: .seconds(60))
    /// Codes in one session.
    static let sessionCodes = RateLimit(5, per: .seconds(10 * 60))
    /// Proofs in one session that everything is served to.
    static let proofs = RateLimit(10, per: .seconds(10 * 60))
    /// Codes of one person from browsers it does not know, over all sessions; whoever fills it knows the password.
    static let personCodes = RateLimit(20, per: .seconds(60 * 60))
    /// Mails that somebody can make us send to one address.
    static let mails = RateLimit(3, per: .seconds(60 * 60))
    /// Mails that one address of the network can make us send.
    static let mailsOfAddress = RateLimit(10, per: .seconds(60 * 60))

    private let limiter: RateLimiter

    package init(_ limiter: RateLimiter) {
        self.limiter = limiter
    }

    /// Nil if a password may be tried, otherwise when.
    ///
    /// - Parameters:
    ///   - email: as typed; whether somebody has it makes no difference.
    ///   - mark: the mark of the account's owner that the browser showed.
    func password(_ email: String, mark: String?, from address: ClientAddress?) async -> Duration? {
        let account = Self.hash(email)
        if let mark {
            return await first([
                (CanonicalKey(.platform, "sign-in", "device", account, mark), Self.device),
                (CanonicalKey(.platform, "sign-in", "known"), Self.total),
            ])
        }
        return await first(
            buckets(of: address, "sign-in", Self.address)
                + [
                    (CanonicalKey(.platform, "sign-in", "account", account), Self.account),
                    (CanonicalKey(.platform, "sign-in", "all"), Self.total),
                ]
        )
    }

    /// Nil if a passkey may be tried, or its options asked for, otherwise when. A passkey cannot be guessed: this
    /// bounds only the work.
    func passkey(from address: ClientAddress?) async -> Duration? {
        await first(buckets(of: address, "passkey", Self.address))
    }

    /// Nil if a code may be tried in this session, otherwise when.
    func code(_ session: WebSessionID, of person: PersonID, mark: String?) async -> Duration? {
        let owner = mark.map { CanonicalKey(.platform, "codes", "device", "\(person)", $0) }
        return await first([
            (CanonicalKey(.platform, "codes", "session", "\(session)"), Self.sessionCodes),
            (owner ?? CanonicalKey(.platform, "codes", "person", "\(person)"), Self.personCodes),
        ])
    }

    /// Nil if a factor may be proven in this session, otherwise when.
    func proof(_ session: WebSessionID) async -> Duration? {
        await first([(CanonicalKey(.platform, "proof", "\(session)"), Self.proofs)])
    }

    /// Nil if a mail to this address may be caused, otherwise when.
    func mail(to email: String, from address: ClientAddress?) async -> Duration? {
        await first(
            buckets(of: address, "mails", Self.mailsOfAddress)
                + [(CanonicalKey(.platform, "mails", "to", Self.hash(email)), Self.mails)]
        )
    }

    /// The first refusal ends the round, so that refused attempts fill no further bucket.
    private func first(_ buckets: [(key: CanonicalKey, limit: RateLimit)]) async -> Duration? {
        for bucket in buckets {
            let verdict = await limiter.admit(bucket.key, limit: bucket.limit, whenAway: .strict)
            if !verdict.isAllowed { return verdict.retryAfter ?? bucket.limit.period }
        }
        return nil
    }

    private func buckets(
        of address: ClientAddress?,
        _ purpose: String,
        _ limit: RateLimit
    ) -> [(CanonicalKey, RateLimit)] {
        guard let address, let narrow = address.buckets.first else { return [] }
        return [
            (CanonicalKey(.platform, purpose, "address", narrow), limit),
            (CanonicalKey(.platform, purpose, "network", address.networkPrefix), Self.network),
        ]
    }

    /// Addresses of people stand in no key.
    private static func hash(_ email: String) -> String {
        let text = EmailAddress(email)?.value ?? email
        return Data(SHA256.hash(data: Data(text.utf8)).prefix(16)).base64EncodedString()
    }
}
