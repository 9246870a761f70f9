package import NIOCore
import NIOPosix

/// A telephone on the carrier's network: makes calls as planned and reports what was heard.
package struct Telephone: Sendable {
    private let group: any EventLoopGroup
    private let exchange: Exchange?
    private let onLine: @Sendable (TranscriptLine) -> Void

    /// - Parameters:
    ///   - exchange: where running calls are known to the REST API; nil if nobody can give orders.
    ///   - onLine: called for each line of the transcript as it is complete.
    package init(
        exchange: Exchange? = nil,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        onLine: @escaping @Sendable (TranscriptLine) -> Void = { _ in }
    ) {
        self.exchange = exchange
        self.group = group
        self.onLine = onLine
    }

    /// Makes the call and returns when it is over and every status callback has been delivered.
    /// - Parameter orders: where orders for the call come from, if not from the exchange.
    package func dial(_ plan: DialPlan, orders: CallOrders = CallOrders()) async -> DialReport {
        let (queue, callbacks) = AsyncStream.makeStream(of: StatusCallbacks.Callback.self)
        let call = CallInProgress(
            plan: plan,
            group: group,
            exchange: exchange,
            orders: orders,
            callbacks: callbacks,
            onLine: onLine
        )
        let sender = StatusCallbacks(requests: call.requests, delivery: plan.delivery)
        async let delivered = sender.deliver(queue)
        let report = await call.run()
        callbacks.finish()
        return report.adding(requests: await delivered)
    }
}

extension DialReport {
    func adding(requests more: [Request]) -> DialReport {
        DialReport(
            callSid: callSid,
            from: from,
            to: to,
            ending: ending,
            durationMs: durationMs,
            lines: lines,
            requests: requests + more,
            streams: streams,
            dials: dials,
            bargeInMs: bargeInMs,
            answerMs: answerMs,
            problems: problems
        )
    }
}
