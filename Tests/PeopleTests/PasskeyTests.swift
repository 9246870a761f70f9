import Credentials
import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import People

@Suite struct PasskeyTests {
    private let nowhere = KnownDevices(cookie: nil)

    @Test("B5: a passkey is registered after a proof, and then signs in without a password")
    func passwordless() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            let passkey = try await world.register(for: person)
            let request = try #require(try await world.signIn.passkeyRequest(from: .somewhere))
            let answer = try passkey.assertion(request.options, of: person)
            let outcome = try await world.signIn.finish(
                passkey: answer,
                challenge: request.challenge,
                devices: nowhere,
                from: .somewhere
            )
            let session = try #require(outcome.session)
            #expect(session.person == person)
            #expect(try await world.sessionState(session.id).level == "full")
            // The challenge is spent.
            let again = try await world.signIn.finish(
                passkey: answer,
                challenge: request.challenge,
                devices: nowhere,
                from: .somewhere
            )
            #expect(again.name == "refused")
            let details = try await world.test.app.withoutTenant { transaction in
                try transaction.query("SELECT detail FROM sign_in_event ORDER BY id")
                    .map { try $0.getOptional("detail", as: String.self) }
            }
            #expect(details == ["passkey", "passkey", "passkey_wrong_challenge"])
        }
    }

    @Test("B5: a passkey is a second factor in the session that asked, and in no other")
    func secondFactor() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            let passkey = try await world.register(for: person)
            let waiting = try #require(try await world.begin(world.address("anna")).session)
            let other = try #require(try await world.begin(world.address("anna")).session)
            func finish(_ session: WebSessionID, _ request: PasskeyRequest) async throws -> FactorOutcome {
                try await world.signIn.finish(
                    session: session,
                    passkey: try passkey.assertion(request.options, of: person),
                    challenge: request.challenge,
                    devices: nowhere,
                    from: .somewhere
                )
            }
            let request = try #require(try await world.signIn.passkeyRequest(session: waiting.id))
            #expect(try await finish(other.id, request).name == "refused")
            let session = try #require(try await finish(waiting.id, request).session)
            #expect(session.token.hash != waiting.token.hash)
            #expect(try await world.sessionState(waiting.id).level == "full")
        }
    }

    @Test("B5: a passkey of somebody else, an old challenge and a counter that does not grow are refused")
    func refusals() async throws {
        try await PeopleWorld.run { world in
            let anna = try await world.person()
            let bert = try await world.person(email: world.address("bert"))
            let hers = try await world.register(for: anna)
            let his = try await world.register(for: bert)
            let waiting = try #require(try await world.begin(world.address("bert")).session)
            let request = try #require(try await world.signIn.passkeyRequest(session: waiting.id))
            let foreign = try await world.signIn.finish(
                session: waiting.id,
                passkey: try hers.assertion(request.options, of: anna),
                challenge: request.challenge,
                devices: nowhere,
                from: .somewhere
            )
            #expect(foreign.name == "refused")
            func signIn(count: UInt32, after wait: TimeInterval = 0) async throws -> String {
                let request = try #require(try await world.signIn.passkeyRequest(from: .somewhere))
                world.pass(wait)
                return try await world.signIn.finish(
                    passkey: try his.assertion(request.options, of: bert, count: count),
                    challenge: request.challenge,
                    devices: nowhere,
                    from: .somewhere
                ).name
            }
            #expect(try await signIn(count: 5) == "signed_in")
            #expect(try await signIn(count: 5) == "refused")
            #expect(try await signIn(count: 6) == "signed_in")
            #expect(try await signIn(count: 7, after: PasskeyCheck.patience) == "refused")
        }
    }

    @Test("an owner names and removes passkeys; nobody else's, and none twice")
    func keeping() async throws {
        try await PeopleWorld.run { world in
            let anna = try await world.person()
            let bert = try await world.person()
            let passkey = try await world.register(for: anna)
            let line = try #require(try await world.factors.standing(of: anna).passkeys.first)
            #expect(line.name == "Schlüsselbund")
            let hers = try await world.test.makeSession(person: anna, at: world.now)
            let his = try await world.test.makeSession(person: bert, at: world.now)
            let foreign = try await world.factors.renamePasskey(line.id, to: "meins", session: his.id, from: .somewhere)
            #expect(foreign.refusal == .nothingToConfirm)
            #expect(
                try await world.factors.removePasskey(line.id, session: his.id, from: .somewhere).refusal
                    == .nothingToConfirm
            )
            let request = try await world.factors.passkeyRegistration(session: his.id, from: .somewhere).get()
            let twice = try await world.factors.addPasskey(
                session: his.id,
                response: try passkey.registration(request.options),
                challenge: request.challenge,
                name: "geklaut",
                devices: nowhere,
                from: .somewhere
            )
            #expect(twice.refusal == .passkeyKnown)
            let renamed = try await world.factors.renamePasskey(
                line.id,
                to: " Büro ",
                session: hers.id,
                from: .somewhere
            )
            #expect(renamed.refusal == nil)
            #expect(try await world.factors.standing(of: anna).passkeys.map(\.name) == ["Büro"])
            _ = try await world.factors.removePasskey(line.id, session: hers.id, from: .somewhere).get()
            let standing = try await world.factors.standing(of: anna)
            #expect(!standing.hasSecondFactor)
            #expect(standing.recoveryCodesLeft == 0)
        }
    }
}

extension PeopleWorld {
    /// A passkey that the person registered in a session of their own.
    func register(for person: PersonID) async throws -> TestPasskey {
        let session = try await test.makeSession(person: person, at: now)
        let passkey = TestPasskey()
        let request = try await factors.passkeyRegistration(session: session.id, from: .somewhere).get()
        _ = try await factors.addPasskey(
            session: session.id,
            response: try passkey.registration(request.options),
            challenge: request.challenge,
            name: "Schlüsselbund",
            devices: KnownDevices(cookie: nil),
            from: .somewhere
        ).get()
        return passkey
    }
}
