import Foundation
import RedisStore
import TestSupport
import Testing

@testable import People

/// docs/SECURITY.md names the limits of sign-in and sessions; they are the code's.
@Suite("The security document on sign-in")
struct SecurityDocumentTests {
    private let lines: Set<String>

    init() throws {
        let file = RepositoryFolder.root.appending(path: "docs/SECURITY.md")
        lines = Set(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init))
    }

    @Test(
        "ASVS 6.1.1: the document's limits of sign-in are the code's",
        arguments: [
            ("passwords for one account, browsers it does not know", SignInThrottle.account),
            ("passwords for one account, each browser it knows", SignInThrottle.device),
            ("passwords, or passkeys, from one address (IPv6: /64)", SignInThrottle.address),
            ("passwords, or passkeys, from one network (/24, IPv6: /48)", SignInThrottle.network),
            ("passwords of all strangers, and again of all known browsers", SignInThrottle.total),
            ("codes in one session that waits for its second factor", SignInThrottle.sessionCodes),
            ("codes of one person, browsers it does not know; again each known one", SignInThrottle.personCodes),
            ("proofs in one session", SignInThrottle.proofs),
            ("mails to one address", SignInThrottle.mails),
            ("mails caused from one address of the network", SignInThrottle.mailsOfAddress),
        ]
    )
    func throttle(_ name: String, _ limit: RateLimit) {
        let row = "| \(name) | \(limit.limit) in \(limit.period.components.seconds / 60) min |"
        #expect(lines.contains(row), "\(row)")
    }

    @Test(
        "ASVS 7.1.1: the document's limits of sessions are the code's",
        arguments: [
            ("from the sign-in, whatever happens", SessionLimits.absolute),
            ("without any request, people of tenants", SessionLimits.idle(nil)),
            ("without any request, the platform's people", SessionLimits.idle(.operator)),
            ("from the password to the second factor", SessionLimits.unfinished),
            ("a proof for sensitive acts", SessionLimits.proof),
            ("a link for a new password", TimeInterval(PasswordReset.minutes * 60)),
            ("a link for a new address", TimeInterval(EmailChange.hours * 3_600)),
            ("a link for the platform's people to a first password", TimeInterval(PlatformStaff.days * 86_400)),
        ]
    )
    func sessions(_ name: String, _ seconds: TimeInterval) {
        let row = "| \(name) | \(Int(seconds) / 60) min |"
        #expect(lines.contains(row), "\(row)")
    }

    @Test("ASVS 6.2.10: a password is good until its owner changes it, however old it is")
    func age() async throws {
        try await PeopleWorld.run { world in
            _ = try await world.person(email: world.address("anna"))
            world.pass(10 * 365 * 86_400)
            #expect(try await world.begin(world.address("anna")).name == "signed_in")
        }
    }
}
