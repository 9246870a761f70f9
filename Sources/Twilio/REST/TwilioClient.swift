package import AsyncHTTPClient
import Foundation
package import Kernel
import NIOCore
import NIOHTTP1

/// The carrier's REST interface (version 2010-04-01), for one account.
///
/// Every method throws `TwilioError`, or `CancellationError` if the task is cancelled. Nothing is retried here.
package struct TwilioClient: Sendable {
    private let credentials: TwilioCredentials
    private let base: TwilioAPIBase
    private let http: HTTPClient
    private let time: TimeSource

    /// - Parameter http: whoever made it shuts it down.
    package init(credentials: TwilioCredentials, base: TwilioAPIBase, http: HTTPClient, time: TimeSource) {
        self.credentials = credentials
        self.base = base
        self.http = http
        self.time = time
    }

    /// The account's number that equals `number`, or nil if the account does not own it.
    ///
    /// The carrier matches parts of numbers and wildcards, so that its answer is searched for the very number.
    package func incomingNumber(exactly number: E164) async throws -> IncomingNumber? {
        let filter = PercentEncoding.encoded(number.value.utf8, isPlain: PercentEncoding.isUnreserved)
        var path: String? = "\(accountPath)/IncomingPhoneNumbers.json?PhoneNumber=\(filter)&PageSize=100"
        for _ in 0..<Self.maximumPages {
            guard let next = path else { return nil }
            guard next.hasPrefix(accountPath + "/") else { throw TwilioError.unexpectedAnswer }
            let page: IncomingNumberPage = try await fetch(.GET, next)
            if let found = page.incomingPhoneNumbers.first(where: { $0.phoneNumber == number.value }) {
                return found.incomingNumber(number)
            }
            path = page.nextPageUri.flatMap { $0.isEmpty ? nil : $0 }
        }
        throw TwilioError.unexpectedAnswer
    }

    /// Lets calls of a number come to these addresses, and to no application or trunk.
    ///
    /// - Returns: the number as the carrier holds it now.
    @discardableResult
    package func direct(_ number: NumberSid, to addresses: VoiceAddresses) async throws -> IncomingNumber {
        let form = [
            ("VoiceUrl", addresses.voice), ("VoiceMethod", "POST"), ("VoiceFallbackUrl", addresses.fallback),
            ("VoiceFallbackMethod", "POST"), ("StatusCallback", addresses.status), ("StatusCallbackMethod", "POST"),
            // An empty identifier detaches what is attached.
            ("VoiceApplicationSid", ""), ("TrunkSid", ""),
        ]
        let found: IncomingNumberPage.Resource = try await fetch(
            .POST,
            "\(accountPath)/IncomingPhoneNumbers/\(number).json",
            form: form
        )
        guard let e164 = E164(found.phoneNumber) else { throw TwilioError.unexpectedAnswer }
        return found.incomingNumber(e164)
    }

    /// Makes a call in progress go on with the TwiML of another URL. An `action` that was pending is skipped.
    @discardableResult
    package func redirect(call: CallSid, to url: String) async throws -> CallResource {
        try await fetch(.POST, path(of: call), form: [("Url", url), ("Method", "POST")])
    }

    /// Hangs up.
    @discardableResult
    package func complete(call: CallSid) async throws -> CallResource {
        try await fetch(.POST, path(of: call), form: [("Status", "completed")])
    }

    /// The call, or nil if this account does not know it.
    package func call(_ sid: CallSid) async throws -> CallResource? {
        do {
            return try await fetch(.GET, path(of: sid))
        } catch TwilioError.refused(status: 404, _) {
            return nil
        }
    }

    // MARK: -

    private var accountPath: String { "/2010-04-01/Accounts/\(credentials.accountSid)" }

    private func path(of call: CallSid) -> String { "\(accountPath)/Calls/\(call).json" }

    private func fetch<Answer: Decodable>(
        _ method: HTTPMethod,
        _ path: String,
        form: [(name: String, value: String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base.url + path)
        request.method = method
        request.setBasicAuth(username: credentials.accountSid.value, password: credentials.token.reveal())
        request.headers.add(name: "Accept", value: "application/json")
        if !form.isEmpty {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: Self.encoded(form)))
        }
        let (head, body) = try await perform(request)
        guard (200..<300).contains(head.status.code) else { throw Self.refusal(head, body) }
        do {
            return try Self.decoder.decode(Answer.self, from: Data(body.readableBytesView))
        } catch {
            throw TwilioError.unexpectedAnswer
        }
    }

    private func perform(_ request: HTTPClientRequest) async throws -> (HTTPClientResponse, ByteBuffer) {
        do {
            // The HTTP client's own deadline ends with the head of the answer.
            return try await time.limit(Self.timeout) { [http] in
                let response = try await http.execute(request, timeout: TimeAmount(Self.timeout))
                return (response, try await response.body.collect(upTo: Self.maximumAnswer))
            }
        } catch is TimeLimitExceeded {
            throw TwilioError.timeout
        } catch let error as HTTPClientError {
            switch error {
            case .cancelled: throw CancellationError()
            case .deadlineExceeded, .connectTimeout, .readTimeout, .getConnectionFromPoolTimeout:
                throw TwilioError.timeout
            default: throw TwilioError.unavailable
            }
        } catch is NIOTooManyBytesError {
            throw TwilioError.unexpectedAnswer
        } catch let error as CancellationError {
            throw error
        } catch {
            throw TwilioError.unavailable
        }
    }

    private static func refusal(_ head: HTTPClientResponse, _ body: ByteBuffer) -> TwilioError {
        struct Refusal: Decodable { let code: Int? }

        switch Int(head.status.code) {
        case 401: return .unauthorized
        case 429: return .rateLimited(retryAfterSeconds: head.headers.first(name: "Retry-After").flatMap { Int($0) })
        case 500...: return .failed(status: Int(head.status.code))
        case let status:
            let code: Int?
            do {
                code = try decoder.decode(Refusal.self, from: Data(body.readableBytesView)).code
            } catch {
                // A proxy may have answered in the carrier's place; the status then says all there is.
                code = nil
            }
            return .refused(status: status, code: code)
        }
    }

    private static func encoded(_ form: [(name: String, value: String)]) -> String {
        form.map { field in
            [field.name, field.value]
                .map { PercentEncoding.encoded($0.utf8, isPlain: PercentEncoding.isUnreserved) }
                .joined(separator: "=")
        }
        .joined(separator: "&")
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private static let timeout = Duration.seconds(10)
    private static let maximumAnswer = 2 << 20
    private static let maximumPages = 50
}
