import Foundation
import HTTPTypes
import Hummingbird

/// The sandbox's own controls, which no vendor has: numbers, faults, and calls of telephones in other processes.
struct ControlEndpoint: Sendable {
    let exchange: Exchange
    let faults: Faults
    let account: ServiceAccount
    let settings: WorldSettings
    /// Called when a number was registered or removed.
    let onNumbers: @Sendable ([Exchange.Number]) throws -> Void

    private struct FaultOrder: Decodable {
        let target: FaultTarget
        /// Nil takes the fault back.
        let fault: Fault?
        let times: Int?
    }

    private struct NumberRegistration: Decodable {
        let phoneNumber: String
        let accountSid: String?
        let voiceURL: String?
        let voiceFallbackURL: String?
        let statusCallback: String?
        let trunkSid: String?
        let voiceApplicationSid: String?
    }

    struct CallOpening: Codable {
        let callSid: String
        let accountSid: String
        let from: String
        let to: String
    }

    struct CallClosing: Codable {
        let status: String
        let durationSeconds: Int
    }

    struct OrderAnswer: Codable {
        /// `redirect`, `complete`, or nil.
        let order: String?
        let url: String?
        let method: String?
    }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("/_control") { _, _ in
            try HTTPAnswer.object([
                "numbers": exchange.numbers.map(\.phoneNumber), "calls": exchange.calls.count,
                "faults": Dictionary(uniqueKeysWithValues: faults.current.map { ($0.key.rawValue, $0.value.rawValue) }),
                "account_sid": settings.accountSid, "pace": settings.pace, "end": settings.abnormalEnd.rawValue,
            ])
        }
        router.get("/_control/calls") { _, _ in try HTTPAnswer.json(exchange.calls) }
        router.get("/_control/numbers") { _, _ in try HTTPAnswer.json(exchange.numbers) }
        router.post("/_control/numbers") { request, _ in try await register(request) }
        router.delete("/_control/numbers/:number") { _, context in
            exchange.remove(context.parameters.get("number") ?? "")
            try onNumbers(exchange.numbers)
            return Response(status: .noContent)
        }
        router.post("/_control/faults") { request, _ in try await setFault(request) }
        router.delete("/_control/faults") { _, _ in
            faults.clearAll()
            return Response(status: .noContent)
        }
        router.delete("/_control/tokens") { _, _ in
            account.revokeTokens()
            return Response(status: .noContent)
        }
        addTelephoneRoutes(to: router)
    }

    private func addTelephoneRoutes(to router: Router<BasicRequestContext>) {
        router.post("/_control/telephones") { request, _ in
            let opening = try await decode(CallOpening.self, request)
            guard let opening else { return Response(status: .badRequest) }
            exchange.begin(
                callSid: opening.callSid,
                accountSid: opening.accountSid,
                from: opening.from,
                to: opening.to,
                orders: CallOrders()
            )
            return Response(status: .created)
        }
        router.get("/_control/telephones/:call/order") { _, context in
            let answer =
                switch exchange.takeOrder(for: context.parameters.get("call") ?? "") {
                case .redirect(let url, let method): OrderAnswer(order: "redirect", url: url, method: method)
                case .complete: OrderAnswer(order: "complete", url: nil, method: nil)
                case nil: OrderAnswer(order: nil, url: nil, method: nil)
                }
            return try HTTPAnswer.json(answer)
        }
        router.put("/_control/telephones/:call") { request, context in
            guard let ending = try await decode(CallClosing.self, request) else { return Response(status: .badRequest) }
            exchange.end(
                callSid: context.parameters.get("call") ?? "",
                status: ending.status,
                durationSeconds: ending.durationSeconds
            )
            return Response(status: .noContent)
        }
    }

    private func register(_ request: Request) async throws -> Response {
        guard let order = try await decode(NumberRegistration.self, request) else {
            return Response(status: .badRequest)
        }
        var number = Exchange.Number(
            phoneNumber: order.phoneNumber,
            accountSid: order.accountSid ?? settings.accountSid
        )
        number.voiceURL = order.voiceURL
        number.voiceFallbackURL = order.voiceFallbackURL
        number.statusCallback = order.statusCallback
        number.trunkSid = order.trunkSid
        number.voiceApplicationSid = order.voiceApplicationSid
        exchange.register(number)
        try onNumbers(exchange.numbers)
        return try HTTPAnswer.json(.created, number)
    }

    private func setFault(_ request: Request) async throws -> Response {
        guard let order = try await decode(FaultOrder.self, request) else { return Response(status: .badRequest) }
        if let fault = order.fault {
            faults.set(order.target, fault, times: order.times)
        } else {
            faults.clear(order.target)
        }
        return Response(status: .noContent)
    }

    /// Nil if the body is not what is wanted.
    private func decode<T: Decodable>(_ type: T.Type, _ request: Request) async throws -> T? {
        let body = try await HTTPAnswer.body(request)
        return try? JSONDecoder().decode(type, from: body)
    }
}
