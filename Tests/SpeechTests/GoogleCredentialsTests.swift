import Foundation
import Kernel
import Speech
import Synchronization
import Testing

@Suite("Credentials of a service account")
struct GoogleCredentialsTests {
    private static func credentials(
        _ counter: TokenCounter,
        _ time: TestTime,
        lifetime: Duration = .seconds(3_600)
    ) throws -> GoogleCredentials {
        try GoogleCredentials(
            key: ServiceAccountKey(setting: TestCredentials.json()),
            exchange: TokenExchange { _, _ in counter.next(lifetime: lifetime) },
            time: time.source
        )
    }

    @Test("A hundred who ask at once share one exchange")
    func singleFlight() async throws {
        let counter = TokenCounter()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let credentials = try GoogleCredentials(
            key: ServiceAccountKey(setting: TestCredentials.json()),
            exchange: TokenExchange { _, _ in
                for await _ in gate { break }
                return counter.next()
            },
            time: TestTime().source
        )
        let tokens = try await withThrowingTaskGroup(of: Secret.self) { group in
            for _ in 0..<100 { group.addTask { try await credentials.token() } }
            for _ in 0..<50 { await Task.yield() }
            open.yield()
            return try await group.reduce(into: [Secret]()) { $0.append($1) }
        }
        #expect(tokens.count == 100)
        #expect(tokens.allSatisfy { $0 == Secret("token-1") })
        #expect(counter.value == 1)
    }

    @Test("Five minutes before its end a token is renewed behind the callers' back")
    func renewsEarly() async throws {
        let counter = TokenCounter()
        let time = TestTime()
        let credentials = try Self.credentials(counter, time)
        #expect(try await credentials.token() == Secret("token-1"))
        time.jump(.seconds(3_299))
        #expect(try await credentials.token() == Secret("token-1"))
        #expect(counter.value == 1)
        time.jump(.seconds(2))
        #expect(try await credentials.token() == Secret("token-1"), "nobody waits for the renewal")
        while try await credentials.token() != Secret("token-2") { await Task.yield() }
        #expect(counter.value == 2)
    }

    @Test("An expired token is never handed out")
    func expires() async throws {
        let counter = TokenCounter()
        let time = TestTime()
        let credentials = try Self.credentials(counter, time)
        _ = try await credentials.token()
        time.jump(.seconds(3_600))
        #expect(try await credentials.token() == Secret("token-2"))
    }

    @Test("While a renewal fails the old token serves on")
    func survivesFailure() async throws {
        let isFailing = Mutex(false)
        let counter = TokenCounter()
        let time = TestTime()
        let attempts = Mutex(0)
        let failing = Flag(isFailing: isFailing, attempts: attempts)
        let credentials = try GoogleCredentials(
            key: ServiceAccountKey(setting: TestCredentials.json()),
            exchange: TokenExchange { _, _ in
                try failing.pass()
                return counter.next()
            },
            time: time.source
        )
        _ = try await credentials.token()
        failing.fail()
        time.jump(.seconds(3_400))
        #expect(try await credentials.token() == Secret("token-1"))
        while failing.count < 2 { await Task.yield() }
        #expect(try await credentials.token() == Secret("token-1"))
        time.jump(.seconds(300))
        await #expect(throws: SpeechError(.refused, provider: "google", code: "token_403")) {
            _ = try await credentials.token()
        }
    }

    private final class Flag: Sendable {
        private let isFailing: Mutex<Bool>
        private let attempts: Mutex<Int>

        init(isFailing: consuming Mutex<Bool>, attempts: consuming Mutex<Int>) {
            self.isFailing = isFailing
            self.attempts = attempts
        }

        var count: Int { attempts.withLock { $0 } }

        func fail() { isFailing.withLock { $0 = true } }

        func pass() throws {
            attempts.withLock { $0 += 1 }
            if isFailing.withLock({ $0 }) { throw SpeechError(.refused, provider: "google", code: "token_403") }
        }
    }

    @Test("The assertion names who asks, for what, of whom, for an hour")
    func assertion() async throws {
        let seen = Mutex("")
        let box = AssertionBox(seen: seen)
        let time = TestTime()
        let credentials = try GoogleCredentials(
            key: ServiceAccountKey(setting: TestCredentials.json(tokenURI: "https://token.example/t")),
            exchange: TokenExchange { assertion, uri in
                box.put("\(uri) \(assertion.reveal())")
                return .init(token: Secret("t"), lifetime: .seconds(60))
            },
            time: time.source
        )
        _ = try await credentials.token()
        let parts = box.value.split(separator: " ")
        #expect(parts.first == "https://token.example/t")
        let segments = try #require(parts.last).split(separator: ".")
        #expect(segments.count == 3)
        func object(_ index: Int) throws -> [String: any Sendable] {
            var text = segments[index].replacing("-", with: "+").replacing("_", with: "/")
            text += String(repeating: "=", count: (4 - text.count % 4) % 4)
            let data = try #require(Data(base64Encoded: String(text)))
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: any Sendable])
        }
        let header = try object(0)
        #expect(header["alg"] as? String == "RS256")
        #expect(header["kid"] as? String == "kid-1")
        let claims = try object(1)
        #expect(claims["iss"] as? String == "speech@proj-1.iam.gserviceaccount.com")
        #expect(claims["sub"] as? String == claims["iss"] as? String)
        #expect(claims["aud"] as? String == "https://token.example/t")
        #expect(claims["scope"] as? String == "https://www.googleapis.com/auth/cloud-platform")
        #expect(claims["iat"] as? Int == 1_800_000_000)
        #expect(claims["exp"] as? Int == 1_800_003_600)
    }

    private final class AssertionBox: Sendable {
        private let seen: Mutex<String>

        init(seen: consuming Mutex<String>) {
            self.seen = seen
        }

        var value: String { seen.withLock { $0 } }

        func put(_ text: String) { seen.withLock { $0 = text } }
    }

    @Test("What is no key of a service account is refused by name")
    func refuses() throws {
        func problem(_ setting: String) -> ServiceAccountKey.Problem? {
            do throws(ServiceAccountKey.Problem) {
                _ = try ServiceAccountKey(setting: setting)
                return nil
            } catch {
                return error
            }
        }
        #expect(problem("/does/not/exist.json") == .unreadableFile)
        #expect(problem("{") == .notJSON)
        #expect(problem(#"{"type":"authorized_user"}"#) == .notServiceAccount)
        #expect(problem(#"{"type":"service_account"}"#) == .missingField)
        #expect(problem(try TestCredentials.json(tokenURI: "ftp://x/y")) == .tokenURI)
        #expect(throws: ServiceAccountKey.Problem.privateKey) {
            _ = try GoogleCredentials(
                key: ServiceAccountKey(setting: TestCredentials.json(privateKey: "no PEM")),
                exchange: TokenExchange { _, _ in .init(token: Secret(""), lifetime: .zero) },
                time: TestTime().source
            )
        }
    }

    @Test("F4: neither key nor token shows in a description")
    func masked() throws {
        let key = try ServiceAccountKey(setting: TestCredentials.json())
        let pem = try TestCredentials.privateKey.get()
        var dumped = ""
        dump(key, to: &dumped)
        for line in pem.split(separator: "\n").dropFirst() {
            #expect(!dumped.contains(line) && !"\(key)".contains(line))
        }
    }
}
