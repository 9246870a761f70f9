import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The carrier's HTTP side: signed requests for instructions and signed status callbacks.
struct CarrierRequests: Sendable {
    struct Answer: Sendable {
        let document: TwiMLDocument
        /// What relative URLs of the document are relative to.
        let url: String
    }

    let authToken: String
    let copies: Int
    /// `host:port` that stands for `publicHost`, if any.
    let connectTo: String?
    let publicHost: String?

    /// A refused connection fails at once; the fallback is the second attempt.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The carrier gives up on any request after 15 s.
    private static let limit = TimeAmount.seconds(15)
    private static let maximumBody = 1 << 16

    /// Asks for instructions. Never throws: what went wrong is in the report and the error.
    func instructions(
        _ kind: String,
        url: String,
        method: String,
        form: [(String, String)]
    ) async -> (report: DialReport.Request, answer: Result<Answer, CarrierError>) {
        let started = ContinuousClock.now
        let token = UUID().uuidString.lowercased()
        var status: Int?
        var first: (status: Int, type: String?, body: String)?
        do {
            for copy in 0..<copies {
                let response = try await send(url: url, method: method, form: form, idempotencyToken: token)
                status = response.status
                if copy == 0 {
                    first = response
                } else if response.body != first?.body {
                    throw CarrierError(code: 0, detail: "Die Wiederholung der Anfrage bekam eine andere Antwort")
                }
            }
            let document = try read(first)
            return (
                report(kind, url, status, started, error: nil), .success(Answer(document: document, url: url))
            )
        } catch let error as CarrierError {
            return (report(kind, url, status, started, error: error.code), .failure(error))
        } catch {
            let failure = CarrierError(code: 11205, detail: "no answer")
            return (report(kind, url, status, started, error: failure.code), .failure(failure))
        }
    }

    /// Sends a status callback; its answer does not matter to the carrier.
    func notify(url: String, method: String, form: [(String, String)]) async -> DialReport.Request {
        let started = ContinuousClock.now
        do {
            let token = UUID().uuidString.lowercased()
            let response = try await send(url: url, method: method, form: form, idempotencyToken: token)
            return report("status", url, response.status, started, error: nil)
        } catch {
            return report("status", url, nil, started, error: 11205)
        }
    }

    private func read(_ response: (status: Int, type: String?, body: String)?) throws(CarrierError) -> TwiMLDocument {
        guard let response else { throw CarrierError(code: 11205, detail: "no answer") }
        guard (200..<300).contains(response.status) else {
            throw CarrierError(code: 11200, detail: "HTTP \(response.status)")
        }
        if response.status == 204 || response.body.isEmpty { return TwiMLDocument(verbs: [], warnings: []) }
        let type = response.type?.prefix { $0 != ";" }.lowercased() ?? ""
        switch type {
        case "text/xml", "application/xml", "text/html": return try TwiMLReader.read(response.body)
        case "text/plain": return TwiMLDocument(verbs: [.say(response.body)], warnings: [])
        default: throw CarrierError(code: 12300, detail: "Content-Type \(type)")
        }
    }

    private func send(
        url: String,
        method: String,
        form: [(String, String)],
        idempotencyToken: String
    ) async throws -> (status: Int, type: String?, body: String) {
        let withoutFragment = String(url.prefix { $0 != "#" })
        let isGet = method == "GET"
        let query = isGet ? CarrierForm.encode(form) : ""
        let joiner = withoutFragment.contains("?") ? "&" : "?"
        let target = query.isEmpty ? withoutFragment : withoutFragment + joiner + query
        var request = HTTPClientRequest(url: try connection(target))
        request.method = isGet ? .GET : .POST
        if let authority = URLComponents(string: target)?.authority, connectTo != nil {
            request.headers.add(name: "Host", value: authority)
        }
        request.headers.add(
            name: "X-Twilio-Signature",
            value: CarrierSignature.sign(url: target, form: isGet ? [] : form, token: authToken)
        )
        request.headers.add(name: "I-Twilio-Idempotency-Token", value: idempotencyToken)
        request.headers.add(name: "User-Agent", value: "TwilioProxy/1.1")
        request.headers.add(name: "Accept", value: "*/*")
        if !isGet {
            request.headers.add(
                name: "Content-Type",
                value: "application/x-www-form-urlencoded; charset=UTF-8"
            )
            request.body = .bytes(ByteBuffer(string: CarrierForm.encode(form)))
        }
        let response = try await Self.client.execute(request, timeout: Self.limit)
        let body = try await response.body.collect(upTo: Self.maximumBody)
        return (Int(response.status.code), response.headers.first(name: "Content-Type"), String(buffer: body))
    }

    /// The URL to connect to for the URL that is meant.
    private func connection(_ url: String) throws(CarrierError) -> String {
        guard var components = URLComponents(string: url), let host = components.host else {
            throw CarrierError(code: 11100, detail: "not a URL")
        }
        guard let connectTo, host == publicHost else { return url }
        let parts = connectTo.split(separator: ":")
        components.scheme = "http"
        components.host = parts.first.map(String.init)
        components.port = parts.count > 1 ? Int(parts[1]) : 80
        return components.string ?? url
    }

    private func report(
        _ kind: String,
        _ url: String,
        _ status: Int?,
        _ started: ContinuousClock.Instant,
        error: Int?
    ) -> DialReport.Request {
        DialReport.Request(
            kind: kind,
            url: url,
            status: status,
            milliseconds: (ContinuousClock.now - started) / .milliseconds(1),
            errorCode: error
        )
    }
}

extension URLComponents {
    /// Host and, if it is written, port.
    var authority: String? {
        host.map { host in port.map { "\(host):\($0)" } ?? host }
    }
}
