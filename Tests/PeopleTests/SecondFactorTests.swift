import Crypto
import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Credentials
@testable import People

@Suite struct SecondFactorTests {
    private let nowhere = KnownDevices(cookie: nil)

    @Test("B3: the second factor rotates the token; the old one is worth nothing")
    func rotation() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            let codes = try await world.totp(for: person)
            let outcome = try await world.begin(world.address("anna"))
            guard case .secondFactorNeeded(let waiting) = outcome else { throw Unexpected(outcome.name) }
            #expect(try await world.mails().isEmpty)
            let finished = try await world.signIn.finish(
                session: waiting.id,
                code: world.code(codes),
                devices: nowhere,
                from: .somewhere
            )
            let session = try #require(finished.session)
            let stored = try await world.sessionState(waiting.id)
            #expect(stored.level == "full")
            #expect(stored.hash == session.token.hash)
            #expect(stored.hash != waiting.token.hash)
            #expect(try await world.mails() == ["new_sign_in"])
        }
    }

    @Test("B5: the same code twice is refused, in another session too")
    func replay() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            let codes = try await world.totp(for: person)
            let code = world.code(codes)
            for expected in ["signed_in", "refused"] {
                let waiting = try #require(try await world.begin(world.address("anna")).session)
                let outcome = try await world.signIn.finish(
                    session: waiting.id,
                    code: code,
                    devices: nowhere,
                    from: .somewhere
                )
                #expect(outcome.name == expected)
            }
            world.pass(30)
            let waiting = try #require(try await world.begin(world.address("anna")).session)
            let next = try await world.signIn.finish(
                session: waiting.id,
                code: world.code(codes),
                devices: nowhere,
                from: .somewhere
            )
            #expect(next.name == "signed_in")
        }
    }

    @Test("B5: of eight concurrent uses of one code, one succeeds", arguments: [false, true])
    func concurrency(isRecovery: Bool) async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            let codes = try await world.totp(for: person)
            let recovery = RecoveryCode()
            try await world.test.app.withoutTenant { transaction in
                try FactorQueries(transaction: transaction).replaceRecoveryCodes(of: person, by: [recovery.hash])
            }
            let code = isRecovery ? recovery.reveal().lowercased() : world.code(codes)
            var sessions: [WebSessionID] = []
            for _ in 0..<8 {
                sessions.append(try await world.test.makeSession(person: person, level: "password", at: world.now).id)
            }
            let names = try await withThrowingTaskGroup(of: String.self) { group in
                for session in sessions {
                    group.addTask {
                        try await world.signIn.finish(
                            session: session,
                            code: code,
                            devices: KnownDevices(cookie: nil),
                            from: .somewhere
                        ).name
                    }
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(names == ["signed_in": 1, "refused": 7])
            let left = try await world.factors.standing(of: person).recoveryCodesLeft
            #expect(left == (isRecovery ? 0 : 1))
            #expect(try await world.mails().contains("second_factor_changed") == isRecovery)
        }
    }

    @Test("B6: the sixth code within ten minutes ends the session")
    func attempts() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(email: world.address("anna"))
            let codes = try await world.totp(for: person)
            let waiting = try #require(try await world.begin(world.address("anna")).session)
            let right = world.code(codes)
            let wrong = right == "000000" ? "000001" : "000000"
            for _ in 0..<5 {
                let outcome = try await world.signIn.finish(
                    session: waiting.id,
                    code: wrong,
                    devices: nowhere,
                    from: .somewhere
                )
                #expect(outcome.name == "refused")
            }
            for expected in ["throttled", "session_over"] {
                let outcome = try await world.signIn.finish(
                    session: waiting.id,
                    code: right,
                    devices: nowhere,
                    from: .somewhere
                )
                #expect(outcome.name == expected)
            }
            #expect(try await world.sessionState(waiting.id).endReason == "too_many_codes")
        }
    }

    @Test("whoever has a second factor cannot put another one in its place after the password alone")
    func noBypass() async throws {
        try await PeopleWorld.run { world in
            for platform in [nil, "operator"] {
                let person = try await world.person(platform: platform)
                _ = try await world.totp(for: person)
                let waiting = try await world.test.makeSession(person: person, level: "password", at: world.now)
                #expect(
                    try await world.factors.beginTOTP(session: waiting.id, from: .somewhere).refusal == .sessionOver
                )
                #expect(
                    try await world.factors.removeTOTP(session: waiting.id, from: .somewhere).refusal == .sessionOver
                )
                #expect(
                    try await world.factors.passkeyRegistration(session: waiting.id, from: .somewhere).refusal
                        == .sessionOver
                )
            }
        }
    }

    @Test("7.5.1, 7.5.3: a change of factors asks for password and second factor within ten minutes")
    func stepUp() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person()
            let codes = try await world.totp(for: person)
            let session = try await world.test.makeSession(person: person, at: world.now)
            world.pass(SessionLimits.proof)
            let factors = world.factors
            #expect(
                try await factors.renewRecoveryCodes(session: session.id, from: .somewhere).refusal == .stepUpNeeded
            )
            let stepUp = StepUp(world.parts)
            let byPassword = try await stepUp.prove(
                session: session.id,
                password: Password(PeopleWorld.password),
                from: .somewhere
            )
            #expect(byPassword == .refused)
            let code = world.code(codes)
            let wrong = Password("falsch")
            #expect(
                try await stepUp.prove(session: session.id, password: wrong, code: code, from: .somewhere) == .refused
            )
            let right = Password(PeopleWorld.password)
            // The wrong password has not spent the code.
            #expect(
                try await stepUp.prove(session: session.id, password: right, code: code, from: .somewhere) == .proven
            )
            let before = try await world.sessionState(session.id).hash
            let change = try await factors.renewRecoveryCodes(session: session.id, from: .somewhere).get()
            #expect(change.recoveryCodes.count == RecoveryCodes.count)
            #expect(try await world.sessionState(session.id).hash != before)
            #expect(try await factors.standing(of: person).recoveryCodesLeft == RecoveryCodes.count)
        }
    }

    @Test("7.5.3: without a second factor the password is the proof")
    func stepUpByPassword() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person()
            let session = try await world.test.makeSession(person: person, at: world.now)
            world.pass(SessionLimits.proof)
            let stepUp = StepUp(world.parts)
            let wrong = try await stepUp.prove(session: session.id, password: Password("falsch"), from: .somewhere)
            #expect(wrong == .refused)
            #expect(
                try await world.factors.beginTOTP(session: session.id, from: .somewhere).refusal == .stepUpNeeded
            )
            let right = try await stepUp.prove(
                session: session.id,
                password: Password(PeopleWorld.password),
                from: .somewhere
            )
            #expect(right == .proven)
            _ = try await world.factors.beginTOTP(session: session.id, from: .somewhere).get()
        }
    }

    @Test("a secret that another session set up is not confirmed by this one")
    func foreignEnrolment() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person()
            let thief = try await world.test.makeSession(person: person, at: world.now)
            let owner = try await world.test.makeSession(person: person, at: world.now)
            let stolen = try await world.factors.beginTOTP(session: thief.id, from: .somewhere).get()
            let own = try await world.factors.beginTOTP(session: owner.id, from: .somewhere).get()
            #expect(stolen.text != own.text)
            let secret = try #require(TOTPSecret(stolen.text.replacing(" ", with: "")))
            let confirmation = try await world.factors.confirmTOTP(
                session: thief.id,
                code: world.code(OneTimeCode(secret)),
                devices: nowhere,
                from: .somewhere
            )
            #expect(confirmation.refusal == .nothingToConfirm)
        }
    }

    @Test("a new app takes the place of a lost one, so that nobody is shut out by the duty to keep a factor")
    func replacement() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person(platform: "operator")
            let lost = try await world.totp(for: person)
            let session = try await world.test.makeSession(person: person, at: world.now)
            let enrolment = try await world.factors.beginTOTP(session: session.id, from: .somewhere).get()
            let secret = try #require(TOTPSecret(enrolment.text.replacing(" ", with: "")))
            // Until it is confirmed the old one counts.
            let stepUp = StepUp(world.parts)
            #expect(
                try await stepUp.prove(
                    session: session.id,
                    password: Password(PeopleWorld.password),
                    code: world.code(lost),
                    from: .somewhere
                ) == .proven
            )
            let change = try await world.factors.confirmTOTP(
                session: session.id,
                code: world.code(OneTimeCode(secret)),
                devices: nowhere,
                from: .somewhere
            ).get()
            #expect(change.recoveryCodes.isEmpty)
            world.pass(30)
            #expect(
                try await stepUp.prove(
                    session: session.id,
                    password: Password(PeopleWorld.password),
                    code: world.code(lost),
                    from: .somewhere
                ) == .refused
            )
            let next = world.code(OneTimeCode(secret))
            #expect(
                try await stepUp.prove(
                    session: session.id,
                    password: Password(PeopleWorld.password),
                    code: next,
                    from: .somewhere
                ) == .proven
            )
        }
    }

    @Test("the secret of an app is sealed, and the last factor takes the recovery codes along")
    func storage() async throws {
        try await PeopleWorld.run { world in
            let person = try await world.person()
            let session = try await world.test.makeSession(person: person, at: world.now)
            let enrolment = try await world.factors.beginTOTP(session: session.id, from: .somewhere).get()
            let text = enrolment.text.replacing(" ", with: "")
            let dump = try await world.test.app.withoutTenant { transaction in
                try transaction.queryOne("SELECT row_to_json(t)::text AS value FROM totp_factor AS t")?
                    .get("value", as: String.self)
            }
            #expect(dump?.contains(text) == false)
            let secret = try #require(TOTPSecret(text))
            _ = try await world.factors.confirmTOTP(
                session: session.id,
                code: world.code(OneTimeCode(secret)),
                devices: nowhere,
                from: .somewhere
            ).get()
            _ = try await world.factors.removeTOTP(session: session.id, from: .somewhere).get()
            let standing = try await world.factors.standing(of: person)
            #expect(!standing.hasSecondFactor)
            #expect(standing.recoveryCodesLeft == 0)
            #expect(try await world.events() == ["factor_added", "factor_removed"])
        }
    }
}
