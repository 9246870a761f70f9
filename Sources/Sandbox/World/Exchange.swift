package import Foundation
import Synchronization

/// What the carrier knows: the numbers of its customers and the calls of the day. Shared by the REST API, the telephones
/// and the control API.
package final class Exchange: Sendable {
    /// A number as the carrier's REST API shows it.
    package struct Number: Sendable, Equatable, Codable {
        package var sid: String
        package var accountSid: String
        package var phoneNumber: String
        package var friendlyName: String
        package var voiceURL: String?
        package var voiceMethod: String?
        package var voiceFallbackURL: String?
        package var statusCallback: String?
        package var voiceApplicationSid: String?
        package var trunkSid: String?

        package init(phoneNumber: String, accountSid: String, sid: String = CarrierSid.make("PN")) {
            self.sid = sid
            self.accountSid = accountSid
            self.phoneNumber = phoneNumber
            friendlyName = phoneNumber
        }
    }

    package struct Call: Sendable, Equatable, Codable {
        package let sid: String
        package let accountSid: String
        package let from: String
        package let to: String
        package var status: String
        package let startedAt: Date
        package var durationSeconds: Int?

        package var isOver: Bool { ["completed", "busy", "failed", "no-answer", "canceled"].contains(status) }
    }

    /// So many finished calls are remembered; the oldest are forgotten.
    private static let memory = 10_000

    private struct State {
        var numbers = [Number]()
        var calls = [String: Call]()
        var order = [String]()
        var orders = [String: CallOrders]()
    }

    private let state: Mutex<State>

    package init(numbers: [Number] = []) {
        state = Mutex(State(numbers: numbers))
    }

    package var numbers: [Number] { state.withLock { $0.numbers } }

    /// Adds the number, or replaces it if the account has it already.
    package func register(_ number: Number) {
        state.withLock { state in
            state.numbers.removeAll {
                $0.phoneNumber == number.phoneNumber && $0.accountSid == number.accountSid
            }
            state.numbers.append(number)
        }
    }

    /// Changes the account's number with that identifier; nil if there is none.
    package func change(_ sid: String, of account: String, _ change: (inout Number) -> Void) -> Number? {
        state.withLock { state in
            guard let place = state.numbers.firstIndex(where: { $0.sid == sid && $0.accountSid == account }) else {
                return nil
            }
            change(&state.numbers[place])
            return state.numbers[place]
        }
    }

    package func remove(_ phoneNumber: String) {
        state.withLock { $0.numbers.removeAll { $0.phoneNumber == phoneNumber } }
    }

    /// Calls, newest first.
    package var calls: [Call] {
        state.withLock { state in state.order.reversed().compactMap { state.calls[$0] } }
    }

    package func call(_ sid: String) -> Call? {
        state.withLock { $0.calls[sid] }
    }

    package func begin(callSid: String, accountSid: String, from: String, to: String, orders: CallOrders) {
        let call = Call(
            sid: callSid,
            accountSid: accountSid,
            from: from,
            to: to,
            status: "in-progress",
            startedAt: Date(),
            durationSeconds: nil
        )
        state.withLock { state in
            if state.calls.updateValue(call, forKey: callSid) == nil { state.order.append(callSid) }
            state.orders[callSid] = orders
            while state.order.count > Self.memory, let first = state.order.first, state.orders[first] == nil {
                state.order.removeFirst()
                state.calls[first] = nil
            }
        }
    }

    package func end(callSid: String, status: String, durationSeconds: Int) {
        state.withLock { state in
            state.calls[callSid]?.status = status
            state.calls[callSid]?.durationSeconds = durationSeconds
            state.orders[callSid] = nil
        }
    }

    /// False if the call is not running.
    package func give(_ order: CallOrder, to callSid: String) -> Bool {
        guard let orders = state.withLock({ $0.orders[callSid] }) else { return false }
        orders.give(order)
        return true
    }

    /// The order that waits for a call whose telephone is elsewhere, once.
    package func takeOrder(for callSid: String) -> CallOrder? {
        state.withLock { $0.orders[callSid] }?.take()
    }
}
