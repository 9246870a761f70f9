/// Sends status callbacks beside the call, in order, and as doubled, late or reversed as the plan wants.
struct StatusCallbacks: Sendable {
    struct Callback: Sendable {
        let url: String
        let method: String
        let form: [(String, String)]
    }

    let requests: CarrierRequests
    let delivery: DialPlan.Delivery

    /// Sends what comes until the queue is finished, and returns what became of each.
    func deliver(_ queue: AsyncStream<Callback>) async -> [DialReport.Request] {
        var reports = [DialReport.Request]()
        var held = [Callback]()
        for await callback in queue {
            if delivery.isReversed {
                held.append(callback)
            } else {
                reports += await send(callback)
            }
        }
        for callback in held.reversed() { reports += await send(callback) }
        return reports
    }

    private func send(_ callback: Callback) async -> [DialReport.Request] {
        if delivery.delay > .zero {
            // A cancelled call still delivers what it owes, only without the delay.
            do { try await Task.sleep(for: delivery.delay) } catch {}
        }
        var reports = [DialReport.Request]()
        for _ in 0..<delivery.copies {
            reports.append(await requests.notify(url: callback.url, method: callback.method, form: callback.form))
        }
        return reports
    }
}
