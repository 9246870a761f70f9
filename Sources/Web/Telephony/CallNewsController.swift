package import Calls
import Database
import Foundation
import Hummingbird
package import Kernel
import Logging
import Twilio

/// Takes the carrier's news of calls, legs and streams. They may come late, doubled and in any order.
package struct CallNewsController: Sendable {
    private let door: CarrierDoor
    private let director: CallDirector
    private let time: TimeSource

    package init(door: CarrierDoor, director: CallDirector, time: TimeSource) {
        self.door = door
        self.director = director
        self.time = time
    }

    package func bind(into book: inout RouteBook) {
        book.on(.callStatus, callStatus)
        book.on(.dialStatus, dialStatus)
        book.on(.streamStatus, streamStatus)
    }

    private func callStatus(_ request: IncomingRequest) async throws -> Response {
        let form = try door.form(of: request)
        let news = try readingForm { () throws(FormError) in try StatusCallback(form: form) }
        let now = time.now()
        let ending =
            news.status.isTerminal ? (at: news.timestamp ?? now, carrierSeconds: news.callDurationSeconds) : nil
        return try await answer(
            try await director.hear(
                "call_status",
                of: news.callSid,
                account: news.accountSid,
                key: news.sequenceNumber.map(String.init) ?? news.status.word,
                body: try news.body,
                ending: ending,
                at: now
            )
        )
    }

    /// News of the person's leg; the address names the caller's call.
    private func dialStatus(_ request: IncomingRequest) async throws -> Response {
        let form = try door.form(of: request)
        let news = try readingForm { () throws(FormError) in try StatusCallback(form: form) }
        guard let call = TelephonyAddresses.call(in: request) ?? news.parentCallSid else { return .noContent }
        return try await answer(
            try await director.hear(
                "dial_status",
                of: call,
                account: news.accountSid,
                key: "\(news.callSid):\(news.sequenceNumber.map(String.init) ?? news.status.word)",
                body: try news.body,
                at: time.now()
            )
        )
    }

    private func streamStatus(_ request: IncomingRequest) async throws -> Response {
        let form = try door.form(of: request)
        let news = try readingForm { () throws(FormError) in try StreamStatus(form: form) }
        if news.event == .error {
            request.logger.warning("the carrier reports a stream error", metadata: ["call.sid": "\(news.callSid)"])
        }
        return try await answer(
            try await director.hear(
                "stream_status",
                of: news.callSid,
                account: news.accountSid,
                key: "\(news.streamSid):\(news.event.word)",
                body: try JSONText(encoding: StreamNews(stream: news.streamSid, event: news.event.word)),
                at: time.now()
            )
        )
    }

    private func answer(_ isBelieved: Bool) async throws -> Response {
        guard isBelieved else { throw WebFailure.forbidden }
        return .noContent
    }
}

private struct StreamNews: Encodable {
    let stream: StreamSid
    let event: String
}

extension StatusCallback {
    /// What is kept of it: no number and no name.
    fileprivate var body: JSONText {
        get throws {
            struct Kept: Encodable {
                let call: CallSid
                let status: String
                let seconds: Int?
                let billedMinutes: Int?
                let sipResponseCode: Int?
            }

            return try JSONText(
                encoding: Kept(
                    call: callSid,
                    status: status.word,
                    seconds: callDurationSeconds,
                    billedMinutes: billedMinutes,
                    sipResponseCode: sipResponseCode
                )
            )
        }
    }
}

extension StreamStatus.Event {
    fileprivate var word: String {
        switch self {
        case .started: "started"
        case .stopped: "stopped"
        case .error: "error"
        case .unrecognized: "unrecognized"
        }
    }
}
