import Credentials
import Foundation
import Kernel
import TestSupport
import Testing

@testable import People

@Suite struct WebSessionTests {
    @Test("B3: an owner sees the running sessions and ends them; another person's stay")
    func list() async throws {
        try await PeopleWorld.run { world in
            let anna = try await world.person()
            let bert = try await world.person()
            let first = try await world.test.makeSession(person: anna, at: world.now)
            world.pass(60)
            let second = try await world.test.makeSession(person: anna, at: world.now)
            let foreign = try await world.test.makeSession(person: bert, at: world.now)
            let lines = try await world.sessions.list(of: anna, current: first.id)
            #expect(lines.map(\.id) == [second.id, first.id])
            #expect(lines.map(\.isCurrent) == [false, true])
            #expect(try await !world.sessions.end(foreign.id, of: anna, .revoked, from: .somewhere))
            #expect(try await world.sessions.end(second.id, of: anna, .revoked, from: .somewhere))
            #expect(try await !world.sessions.end(second.id, of: anna, .revoked, from: .somewhere))
            #expect(try await world.sessions.list(of: anna, current: first.id).map(\.id) == [first.id])
            let third = try await world.test.makeSession(person: anna, at: world.now)
            #expect(try await world.sessions.endAll(of: anna, except: third.id, .revoked, from: .somewhere) == 1)
            #expect(try await world.sessions.list(of: anna, current: nil).map(\.id) == [third.id])
            #expect(try await world.sessions.list(of: bert, current: nil).map(\.id) == [foreign.id])
            #expect(try await world.events() == ["session_ended", "sessions_ended"])
        }
    }

    @Test("B3: a rotated token is another one; an ended session has none")
    func rotation() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person()
            let session = try await world.test.makeSession(person: person, at: world.now)
            let before = try await world.sessionState(session.id).hash
            let rotated = try #require(try await world.sessions.rotate(session.id))
            let after = try await world.sessionState(session.id).hash
            #expect(after == rotated.token.hash)
            #expect(after != before)
            try await world.sessions.end(session.id, of: person, .signedOut, from: .somewhere)
            #expect(try await world.sessions.rotate(session.id) == nil)
        }
    }

    @Test("the time a session was seen is written at most once a minute")
    func touch() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person()
            let session = try await world.test.makeSession(person: person, at: world.now)
            let begun = world.now
            world.pass(59)
            #expect(try await world.statements { try await world.sessions.touch(session.id, seenAt: begun) } == 0)
            world.pass(1)
            try await world.sessions.touch(session.id, seenAt: begun)
            #expect(try await world.sessions.list(of: person, current: nil).map(\.seenAt) == [world.now])
        }
    }

    @Test("B3: idle and absolute limits, shorter for the platform's people")
    func limits() async throws {
        try await PeopleWorld.run { world in
            let anna = try await world.person()
            let support = try await world.person(platform: "support")
            for person in [anna, support] { _ = try await world.test.makeSession(person: person, at: world.now) }
            world.pass(15 * 60)
            #expect(try await world.sessions.list(of: anna, current: nil).count == 1)
            #expect(try await world.sessions.list(of: support, current: nil).isEmpty)
            world.pass(45 * 60)
            #expect(try await world.sessions.list(of: anna, current: nil).isEmpty)
        }
        let start = PeopleWorld.start
        func isAlive(_ role: PlatformRole?, seen: TimeInterval, now: TimeInterval) -> Bool {
            SessionLimits.isAlive(
                seenAt: start + seen,
                endsAt: start + SessionLimits.absolute,
                endedAt: nil,
                platformRole: role,
                at: start + now
            )
        }
        #expect(isAlive(nil, seen: 43_000, now: 43_199))
        #expect(!isAlive(nil, seen: 43_199, now: 43_200))
        #expect(isAlive(.operator, seen: 0, now: 899))
        #expect(!isAlive(.operator, seen: 0, now: 900))
    }

    @Test("a session that only knows the password ends after a quarter of an hour")
    func unfinished() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            let codes = try await world.totp(for: person)
            let waiting = try #require(try await world.begin(world.address("anna")).session)
            world.pass(SessionLimits.unfinished)
            let outcome = try await world.signIn.finish(
                session: waiting.id,
                code: world.code(codes),
                devices: KnownDevices(cookie: nil),
                from: .somewhere
            )
            #expect(outcome.name == "session_over")
        }
    }

    @Test("what is over for a month goes; what is not stays")
    func upkeep() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            _ = try await world.test.makeSession(person: person, at: world.now)
            _ = try await world.signIn.passkeyRequest(from: .somewhere)
            _ = try await world.begin(world.address("anna"), "falsch")
            let upkeep = PeopleUpkeep(world.parts.database, time: world.parts.time)
            #expect(try await upkeep.sweep() == 0)
            world.pass(PasskeyCheck.patience)
            #expect(try await upkeep.sweep() == 1)
            world.pass(PeopleUpkeep.keep + SessionLimits.absolute)
            // The event has not reached the chains yet.
            #expect(try await upkeep.sweep() == 1)
            #expect(try await world.events() == ["sign_in_failed"])
            try await SignInLedger(world.parts.database).copy()
            #expect(try await upkeep.sweep() == 1)
            #expect(try await world.events().isEmpty)
        }
    }
}
