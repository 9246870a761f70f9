import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// The carrier's REST API: numbers of the account, and calls.
struct CarrierREST: Sendable {
    let account: CarrierAccount
    let exchange: Exchange
    let faults: Faults
    /// Told when numbers have changed.
    let onNumbers: @Sendable ([Exchange.Number]) throws -> Void

    private static let standardPageSize = 50
    private static let maximumPageSize = 1_000

    func addRoutes(to router: Router<BasicRequestContext>) {
        let base = "/2010-04-01/Accounts/:account"
        router.get(RouterPath(base + "/IncomingPhoneNumbers.json")) { request, context in
            try guarded(request, context) { try numbers(request, account: $0) }
        }
        router.get(RouterPath(base + "/IncomingPhoneNumbers/:number")) { request, context in
            try guarded(request, context) { try number(sid(context, "number"), account: $0) }
        }
        router.post(RouterPath(base + "/IncomingPhoneNumbers/:number")) { request, context in
            let form = try await HTTPAnswer.form(request)
            return try guarded(request, context) { try change(sid(context, "number"), form: form, account: $0) }
        }
        router.get(RouterPath(base + "/Calls/:call")) { request, context in
            try guarded(request, context) { try call(sid(context, "call"), account: $0) }
        }
        router.post(RouterPath(base + "/Calls/:call")) { request, context in
            let form = try await HTTPAnswer.form(request)
            return try guarded(request, context) { try update(sid(context, "call"), form: form, account: $0) }
        }
    }

    private func sid(_ context: BasicRequestContext, _ parameter: String) -> String {
        let name = context.parameters.get(parameter) ?? ""
        return name.hasSuffix(".json") ? String(name.dropLast(5)) : name
    }

    /// Faults, then basic authentication, then the request.
    private func guarded(
        _ request: Request,
        _ context: BasicRequestContext,
        _ body: (String) throws -> Response
    ) throws -> Response {
        switch faults.meet(.carrier) {
        case .error, .errorMidway:
            return try failure(.serviceUnavailable, 20503, "Service is unavailable")
        case .quota: return try failure(.tooManyRequests, 20429, "Too Many Requests")
        case .garbage: return Response(status: .ok, headers: [.contentType: "text/html"])
        case .denied: return try failure(.unauthorized, 20003, "Authenticate")
        case .stall, .stallMidway, nil: break
        }
        let credentials = Data("\(account.sid):\(account.authToken.reveal())".utf8).base64EncodedString()
        guard request.headers[.authorization] == "Basic \(credentials)" else {
            return try failure(.unauthorized, 20003, "Authenticate")
        }
        guard context.parameters.get("account") == account.sid else {
            return try failure(.notFound, 20404, "The requested resource \(request.uri.path) was not found")
        }
        return try body(account.sid)
    }

    private func failure(_ status: HTTPResponse.Status, _ code: Int, _ message: String) throws -> Response {
        var response = try HTTPAnswer.object(
            status,
            [
                "code": code, "message": message, "more_info": "https://www.twilio.com/docs/errors/\(code)",
                "status": Int(status.code),
            ]
        )
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Basic realm=\"Twilio API\"" }
        return response
    }

    // MARK: Numbers

    private func numbers(_ request: Request, account: String) throws -> Response {
        let query = HTTPAnswer.query(request)
        let size = min(max(query["PageSize"].flatMap { Int($0) } ?? Self.standardPageSize, 1), Self.maximumPageSize)
        let page = max(query["Page"].flatMap { Int($0) } ?? 0, 0)
        let pattern = query["PhoneNumber"] ?? ""
        let name = query["FriendlyName"]
        let found = exchange.numbers.filter { number in
            number.accountSid == account && matches(number.phoneNumber, pattern)
                && (name == nil || number.friendlyName == name)
        }
        let slice = found.dropFirst(page * size).prefix(size)
        let path = "/2010-04-01/Accounts/\(account)/IncomingPhoneNumbers.json"
        let filter = pattern.isEmpty ? "" : "PhoneNumber=\(CarrierForm.encode([("", pattern)]).dropFirst())&"
        let uri = { (page: Int) in "\(path)?\(filter)PageSize=\(size)&Page=\(page)" }
        let hasMore = (page + 1) * size < found.count
        return try HTTPAnswer.object([
            "page": page, "page_size": size, "start": page * size,
            "end": page * size + max(slice.count - 1, 0), "uri": uri(page), "first_page_uri": uri(0),
            "next_page_uri": hasMore ? uri(page + 1) as Any : NSNull(),
            "previous_page_uri": page > 0 ? uri(page - 1) as Any : NSNull(),
            "incoming_phone_numbers": slice.map(resource),
        ])
    }

    /// Digits match anywhere in the number, `*` stands for one or more of them.
    private func matches(_ number: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*").map { $0.filter { $0.isNumber || $0 == "+" } }
        var rest = number[...]
        for part in parts where !part.isEmpty {
            guard let place = rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }

    private func resource(_ number: Exchange.Number) -> [String: Any] {
        [
            "sid": number.sid, "account_sid": number.accountSid, "phone_number": number.phoneNumber,
            "friendly_name": number.friendlyName, "voice_url": number.voiceURL ?? "",
            "voice_method": number.voiceMethod ?? "POST",
            "voice_fallback_url": number.voiceFallbackURL ?? "", "voice_fallback_method": "POST",
            "status_callback": number.statusCallback ?? "", "status_callback_method": "POST",
            "voice_application_sid": number.voiceApplicationSid ?? "", "trunk_sid": number.trunkSid ?? NSNull(),
            "bundle_sid": NSNull(), "address_sid": NSNull(), "api_version": "2010-04-01", "beta": false,
            "capabilities": ["voice": true, "sms": false, "mms": false, "fax": false],
            "voice_caller_id_lookup": false, "origin": "twilio", "status": "in-use",
            "uri": "/2010-04-01/Accounts/\(number.accountSid)/IncomingPhoneNumbers/\(number.sid).json",
        ]
    }

    private func number(_ sid: String, account: String) throws -> Response {
        guard let number = exchange.numbers.first(where: { $0.sid == sid && $0.accountSid == account }) else {
            return try notFound("IncomingPhoneNumbers", sid)
        }
        return try HTTPAnswer.object(resource(number))
    }

    /// What is not named stays; an empty text takes away. An application and a trunk exclude each other.
    private func change(_ sid: String, form: [(String, String)], account: String) throws -> Response {
        for (field, code) in [("VoiceUrl", 21502), ("VoiceFallbackUrl", 21502), ("StatusCallback", 21609)] {
            guard let url = form[field], !url.isEmpty else { continue }
            guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
                return try failure(.badRequest, code, "\(field) is not a valid URL: \(url)")
            }
        }
        for field in ["VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod"] {
            guard let method = form[field], !["GET", "POST"].contains(method) else { continue }
            return try failure(.badRequest, 21403, "\(field) is not valid: \(method)")
        }
        for (field, prefix) in [("VoiceApplicationSid", "AP"), ("TrunkSid", "TK")] {
            guard let sid = form[field], !sid.isEmpty, !(sid.hasPrefix(prefix) && sid.count == 34) else { continue }
            return try failure(.badRequest, 20001, "\(field) is invalid")
        }
        let changed = exchange.change(sid, of: account) { number in
            func set(_ field: String, _ value: WritableKeyPath<Exchange.Number, String?>) {
                if let text = form[field] { number[keyPath: value] = text.isEmpty ? nil : text }
            }
            if let name = form["FriendlyName"] { number.friendlyName = name }
            set("VoiceUrl", \.voiceURL)
            set("VoiceMethod", \.voiceMethod)
            set("VoiceFallbackUrl", \.voiceFallbackURL)
            set("StatusCallback", \.statusCallback)
            set("VoiceApplicationSid", \.voiceApplicationSid)
            set("TrunkSid", \.trunkSid)
            if form["TrunkSid"]?.isEmpty == false { number.voiceApplicationSid = nil }
            if form["VoiceApplicationSid"]?.isEmpty == false { number.trunkSid = nil }
        }
        guard let changed else { return try notFound("IncomingPhoneNumbers", sid) }
        try onNumbers(exchange.numbers)
        return try HTTPAnswer.object(resource(changed))
    }

    // MARK: Calls

    private func call(_ sid: String, account: String) throws -> Response {
        guard let call = exchange.call(sid), call.accountSid == account else { return try notFound("Calls", sid) }
        return try HTTPAnswer.object(resource(call))
    }

    private func update(_ sid: String, form: [(String, String)], account: String) throws -> Response {
        guard let call = exchange.call(sid), call.accountSid == account else { return try notFound("Calls", sid) }
        let order: CallOrder
        switch (form["Status"], form["Url"]) {
        case ("completed", nil), ("canceled", nil): order = .complete
        case (nil, let url?):
            guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
                return try failure(.badRequest, 21205, "Url is not a valid URL: \(url)")
            }
            order = .redirect(url: url, method: form["Method"] ?? "POST")
        case (let status?, _):
            return try failure(.badRequest, 21218, "Invalid Status: \(status)")
        case (nil, nil):
            return try failure(.badRequest, 21218, "One of Status, Url or Twiml is required")
        }
        guard exchange.give(order, to: sid) else {
            return try failure(.badRequest, 21220, "Call is not in-progress. Cannot redirect.")
        }
        return try HTTPAnswer.object(resource(call))
    }

    private func notFound(_ list: String, _ sid: String) throws -> Response {
        try failure(
            .notFound,
            20404,
            "The requested resource /2010-04-01/Accounts/\(account.sid)/\(list)/\(sid).json was not found"
        )
    }

    private func resource(_ call: Exchange.Call) -> [String: Any] {
        [
            "sid": call.sid, "account_sid": call.accountSid, "from": call.from, "to": call.to,
            "status": call.status, "direction": "inbound", "api_version": "2010-04-01",
            "start_time": CarrierTime.rfc2822(call.startedAt),
            "end_time": call.isOver
                ? CarrierTime.rfc2822(call.startedAt.addingTimeInterval(Double(call.durationSeconds ?? 0))) as Any
                : NSNull(),
            "duration": call.durationSeconds.map { String($0) as Any } ?? NSNull(), "price": NSNull(),
            "price_unit": "USD", "parent_call_sid": NSNull(), "phone_number_sid": "", "answered_by": NSNull(),
            "uri": "/2010-04-01/Accounts/\(call.accountSid)/Calls/\(call.sid).json",
        ]
    }
}
