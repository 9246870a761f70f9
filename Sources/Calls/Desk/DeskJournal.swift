package import Kernel
import Synchronization

/// The journal of one session: its facts go into the queue. What providers were used for is summed up and written with
/// the stream's end.
package final class DeskJournal: CallJournal {
    private struct Used: Hashable {
        let kind: ProviderUsage.Kind
        let provider: String
    }

    private let queue: FactQueue
    private let session: SessionKey
    private let time: TimeSource
    private let announcer: LiveAnnouncer?
    private let used = Mutex<[Used: Int]>([:])

    /// - Parameter announcer: who tells those that watch.
    package init(_ queue: FactQueue, _ session: SessionKey, time: TimeSource, announcer: LiveAnnouncer? = nil) {
        self.queue = queue
        self.session = session
        self.time = time
        self.announcer = announcer
    }

    package func write(_ fact: CallFact) {
        switch fact {
        case .turn(let turn):
            queue.write(.turn(turn), of: session)
            announcer?.post(.turn(session.call.id, turn), of: session.call.tenant)
        case .state(let state): queue.write(.state(state), of: session)
        case .intent(let intent): queue.write(.intent(intent), of: session)
        case .used(let usage):
            used.withLock { $0[Used(kind: usage.kind, provider: usage.provider), default: 0] += usage.amount }
        case .streamEnded(let end, let audioMs):
            queue.write(.streamEnded(audioMs: audioMs, reason: end.code), of: session)
            let now = time.now()
            for (used, amount) in used.withLock({ $0 }) {
                let usage = ProviderUsage(kind: used.kind, provider: used.provider, amount: amount)
                queue.write(.used(usage, at: now), of: session)
            }
        }
    }

    package func note(_ voice: LiveVoice) {
        announcer?.post(.voice(session.call.id, voice), of: session.call.tenant)
    }

    package func flush(within limit: Duration) async -> Bool { await queue.flush(session, within: limit) }
}

extension StreamEnd {
    fileprivate var code: String {
        switch self {
        case .stopped: "stopped"
        case .closedByPeer: "closed_by_peer"
        case .closedByUs: "closed_by_us"
        case .lost: "lost"
        case .protocolError: "protocol_error"
        }
    }
}
