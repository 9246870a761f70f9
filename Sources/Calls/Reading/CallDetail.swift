package import Database
package import Foundation
package import Kernel

/// Everything that is remembered of one call. The turns are personal data.
package struct CallDetail: Sendable {
    package let line: CallLine
    /// In their order; without words where they may not be read.
    package let turns: [TurnRecord]
    package let segments: [UsageSegment]
    /// In their order.
    package let events: [CallEvent]
    /// The kind of each node of the flow, by its key.
    package let nodeKinds: [String: String]
    /// What the person who took over was told.
    package let wish: String?
    /// The tenant's call before this one, and the one after it.
    package let earlier: CallID?
    package let later: CallID?

    package init(
        line: CallLine,
        turns: [TurnRecord],
        segments: [UsageSegment],
        events: [CallEvent],
        nodeKinds: [String: String],
        wish: String? = nil,
        earlier: CallID? = nil,
        later: CallID? = nil
    ) {
        self.line = line
        self.turns = turns
        self.segments = segments
        self.events = events
        self.nodeKinds = nodeKinds
        self.wish = wish
        self.earlier = earlier
        self.later = later
    }
}

/// A question or a report of the carrier's. Holds no words of the caller.
package struct CallEvent: Sendable, Hashable {
    /// `continue`, `dial`, `accepted`, `call_status`, `dial_status`, `stream_status`.
    package let kind: String
    /// What makes the event the same when it is delivered again.
    package let key: String
    package let at: Date
    package let body: JSONText

    package init(kind: String, key: String, at: Date, body: JSONText) {
        self.kind = kind
        self.key = key
        self.at = at
        self.body = body
    }
}

/// A call that goes on, with what was said last.
package struct RunningCall: Sendable, Equatable {
    package let line: CallLine
    /// In their order; personal data.
    package let turns: [TurnRecord]

    package init(line: CallLine, turns: [TurnRecord]) {
        self.line = line
        self.turns = turns
    }
}
