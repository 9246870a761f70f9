import Credentials
import Foundation
import Kernel
import Localization
import TestSupport
import Testing

@testable import People

@Suite struct ThrottleTests {
    @Test("B6: 1,000 wrong passwords from 500 addresses do not lock the owner out")
    func attack() async throws {
        // In memory, where each limit is a quarter and the clock is the test's.
        try await PeopleWorld.run(withRedis: false) { world in
            let person = try await world.person(email: world.address("anna"))
            let codes = try await world.totp(for: person)
            let outcome = try await world.begin(world.address("anna"))
            let first = try #require(outcome.session)
            let finished = try await world.signIn.finish(
                session: first.id,
                code: world.code(codes),
                devices: KnownDevices(cookie: nil),
                from: .at("192.0.2.1")
            )
            let cookie = try #require(finished.session?.devices)
            var refused = 0
            for attempt in 0..<1_000 {
                let origin = RequestOrigin.at("198.\(18 + attempt % 2).\(attempt % 250).\(attempt % 251)")
                let answer = try await world.begin(world.address("anna"), "falsch \(attempt)", from: origin)
                #expect(answer.session == nil)
                if answer.name == "refused" { refused += 1 }
                world.pass(0.5)
            }
            #expect(refused < 10)
            let stranger = try await world.begin(world.address("anna"), from: .at("203.0.113.9"))
            #expect(stranger.name == "throttled")
            // The owner comes with the browser of before.
            let owner = try await world.begin(
                world.address("anna"),
                devices: KnownDevices(cookie: cookie),
                from: .at("198.18.0.0")
            )
            let waiting = try #require(owner.session)
            world.pass(30)
            let done = try await world.signIn.finish(
                session: waiting.id,
                code: world.code(codes),
                devices: KnownDevices(cookie: cookie),
                from: .at("198.18.0.0")
            )
            #expect(done.name == "signed_in")
            // And nothing is locked for good.
            world.pass(15 * 60)
            #expect(
                try await world.begin(world.address("anna"), from: .at("203.0.113.9")).name == "second_factor_needed"
            )
        }
    }

    @Test("B6: the eleventh attempt in a quarter of an hour is throttled, whether the account exists or not")
    func account() async throws {
        try await PeopleWorld.run { world in
            let email = "p\(UUID().uuidString)@example.at"
            _ = try await world.person(email: email.lowercased())
            for address in [email, "niemand\(UUID().uuidString)@example.at"] {
                for _ in 0..<10 {
                    #expect(try await world.begin(address, "falsch").name == "refused")
                }
                guard case .throttled(let wait) = try await world.begin(address, PeopleWorld.password) else {
                    throw Unexpected("not throttled")
                }
                #expect(wait > .zero && wait <= .seconds(90))
            }
        }
    }

    @Test("B6: one address tries thirty passwords, over all accounts")
    func address() async throws {
        try await PeopleWorld.run { world in
            let origin = RequestOrigin.somewhere
            for _ in 0..<30 {
                let outcome = try await world.begin("p\(UUID().uuidString)@example.at", from: origin)
                #expect(outcome.name == "refused")
            }
            let last = try await world.begin("p\(UUID().uuidString)@example.at", from: origin)
            #expect(last.name == "throttled")
        }
    }

    @Test("B6: the mark of another person, or of before a new password, is a stranger's")
    func marks() {
        let signer = DeviceSigner(key: Secret("key"))
        let anna = Self.account()
        let bert = Self.account()
        let devices = signer.remember(anna.person.id, since: anna.passwordChangedAt, in: KnownDevices(cookie: nil))
        let cookie = KnownDevices(cookie: devices.cookie)
        #expect(signer.mark(of: anna, among: cookie) != nil)
        #expect(signer.mark(of: bert, among: cookie) == nil)
        #expect(signer.mark(of: nil, among: cookie) == nil)
        #expect(DeviceSigner(key: Secret("other")).mark(of: anna, among: cookie) == nil)
        let later = Self.account(anna.person.id, changed: Date(timeIntervalSince1970: 2))
        #expect(signer.mark(of: later, among: cookie) == nil)
        var many = cookie
        for _ in 0..<9 { many = signer.remember(PersonID(), since: nil, in: many) }
        #expect(many.marks.count == KnownDevices.most)
        #expect(many.cookie.utf8.count < 400)
    }

    private static func account(_ id: PersonID = PersonID(), changed: Date = Date(timeIntervalSince1970: 1)) -> Account
    {
        Account(
            person: Person(id: id, email: "a@example.at", name: "A", language: .de, theme: .system),
            isActive: true,
            hash: nil,
            passwordChangedAt: changed,
            platformRole: nil,
            hasTOTP: false,
            passkeys: 0
        )
    }
}
