import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Makes a telephone of this process known to a world in another one, so that its REST API can give orders for the call.
package struct RemoteExchange: Sendable {
    private let base: String
    private static let limit = TimeAmount.seconds(5)

    /// - Parameter base: the world's HTTP address, without a slash at the end.
    package init(base: String) {
        self.base = base
    }

    /// Announces the call while `body` runs, and passes orders on to `orders`.
    package func attend(
        callSid: String,
        plan: DialPlan,
        orders: CallOrders,
        _ body: @escaping @Sendable () async -> DialReport
    ) async throws -> DialReport {
        let opening = ControlEndpoint.CallOpening(
            callSid: callSid,
            accountSid: plan.account.sid,
            from: plan.from,
            to: plan.to
        )
        try await send(.POST, "/_control/telephones", opening)
        let report = try await withThrowingTaskGroup(of: DialReport?.self) { group in
            group.addTask { await body() }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(200))
                    try await pass(to: orders, callSid: callSid)
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
        let ending = ControlEndpoint.CallClosing(
            status: report.ending == .rejected ? "busy" : "completed",
            durationSeconds: report.durationMs / 1_000
        )
        try await send(.PUT, "/_control/telephones/\(callSid)", ending)
        return report
    }

    private struct Defaults: Decodable {
        let pace: Double
        let end: DialPlan.AbnormalEnd
        let numbers: [String]
    }

    /// What the world wants of telephones that do not say otherwise, and the numbers of its accounts.
    func defaults() async throws -> (pace: Double, end: DialPlan.AbnormalEnd, numbers: [String]) {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: base + "/_control"),
            timeout: Self.limit
        )
        let body = try await response.body.collect(upTo: 1 << 20)
        let defaults = try JSONDecoder().decode(Defaults.self, from: Data(body.readableBytesView))
        return (defaults.pace, defaults.end, defaults.numbers)
    }

    private func pass(to orders: CallOrders, callSid: String) async throws {
        let request = HTTPClientRequest(url: "\(base)/_control/telephones/\(callSid)/order")
        let response = try await HTTPClient.shared.execute(request, timeout: Self.limit)
        let body = try await response.body.collect(upTo: 65_536)
        let answer = try JSONDecoder().decode(
            ControlEndpoint.OrderAnswer.self,
            from: Data(body.readableBytesView)
        )
        switch answer.order {
        case "complete": orders.give(.complete)
        case "redirect": orders.give(.redirect(url: answer.url ?? "", method: answer.method ?? "POST"))
        default: break
        }
    }

    private func send(_ method: HTTPMethod, _ path: String, _ value: some Encodable) async throws {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try JSONEncoder.sorted.encode(value)))
        let response = try await HTTPClient.shared.execute(request, timeout: Self.limit)
        guard (200..<300).contains(response.status.code) else {
            throw CarrierError(code: 11200, detail: "HTTP \(response.status.code)")
        }
    }
}
