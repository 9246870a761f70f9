import AsyncHTTPClient
import Foundation
import Kernel
import NIOCore
import NIOHTTP1
import Sandbox

/// Requests as the carrier would make them, one by one, for what a telephone never does.
struct CarrierHand: Sendable {
    struct Answer: Sendable, Equatable {
        let status: Int
        let body: String
    }

    let stage: Stage
    let callSid: String

    init(_ stage: Stage, callSid: String = CarrierSid.make("CA")) {
        self.stage = stage
        self.callSid = callSid
    }

    /// What every request about the call carries.
    func form(to number: String, accountSid: String? = nil, status: String = "ringing") -> [(String, String)] {
        [
            ("AccountSid", accountSid ?? stage.account.sid), ("ApiVersion", "2010-04-01"), ("CallSid", callSid),
            ("CallStatus", status), ("Called", number), ("Caller", Stage.caller), ("Direction", "inbound"),
            ("From", Stage.caller), ("To", number),
        ]
    }

    /// Asks what to do with the call.
    func ring(_ number: String, idempotencyToken: String = UUID().uuidString.lowercased()) async throws -> Answer {
        try await post("/twilio/voice", form(to: number), idempotencyToken: idempotencyToken)
    }

    /// - Parameter signature: nil for the right one; empty for none.
    func post(
        _ path: String,
        _ form: [(String, String)],
        idempotencyToken: String? = nil,
        signature: String? = nil
    ) async throws -> Answer {
        let url = path.hasPrefix("http") ? path : stage.baseURL + path
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        let token = stage.account.authToken.reveal()
        let signature = signature ?? CarrierSignature.sign(url: url, form: form, token: token)
        if !signature.isEmpty { request.headers.add(name: "X-Twilio-Signature", value: signature) }
        if let idempotencyToken { request.headers.add(name: "I-Twilio-Idempotency-Token", value: idempotencyToken) }
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded; charset=UTF-8")
        request.body = .bytes(ByteBuffer(string: CarrierForm.encode(form)))
        let response = try await stage.http.execute(request, timeout: .seconds(15))
        let body = try await response.body.collect(upTo: 1 << 16)
        return Answer(status: Int(response.status.code), body: String(buffer: body))
    }
}
