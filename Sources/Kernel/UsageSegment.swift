package import Foundation

/// What a second of a call was used for.
package enum UsageKind: String, Sendable, Hashable, CaseIterable {
    /// The caller was connected to the agent: the media stream was open.
    case bot
    /// The caller was connected to a person: the dialled leg had been answered.
    case forward
}

/// A stretch of a call that is paid for: half-open, in milliseconds of wall-clock time.
package struct UsageSegment: Sendable, Hashable {
    package let id: UsageSegmentID
    package let kind: UsageKind
    /// The carrier's identifier of the leg: the stream's for bot seconds, the dialled call's for forwarding.
    package let leg: String
    package let ordinal: Int
    package let start: Date
    package let end: Date

    package init(id: UsageSegmentID, kind: UsageKind, leg: String, ordinal: Int, start: Date, end: Date) {
        self.id = id
        self.kind = kind
        self.leg = leg
        self.ordinal = ordinal
        self.start = start
        self.end = end
    }
}
