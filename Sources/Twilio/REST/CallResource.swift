package import Foundation
package import Kernel

/// A call as the carrier's REST interface shows it, which may lag behind the callbacks.
package struct CallResource: Sendable, Equatable {
    package let sid: CallSid
    package let parentCallSid: CallSid?
    package let status: CallStatus
    /// Whole seconds; missing until the call is over.
    package let durationSeconds: Int?
    package let startedAt: Date?
    package let endedAt: Date?
}

extension CallResource: Decodable {
    private enum Key: String, CodingKey {
        case sid
        case parentCallSid
        case status
        case duration
        case startTime
        case endTime
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        sid = try fields.decode(CallSid.self, forKey: .sid)
        parentCallSid = try fields.decodeIfPresent(CallSid.self, forKey: .parentCallSid)
        status = CallStatus(try fields.decode(String.self, forKey: .status))
        durationSeconds = try fields.decodeIfPresent(String.self, forKey: .duration).flatMap { Int($0) }
        startedAt = try fields.decodeIfPresent(String.self, forKey: .startTime).flatMap { CarrierTime.parse($0) }
        endedAt = try fields.decodeIfPresent(String.self, forKey: .endTime).flatMap { CarrierTime.parse($0) }
    }
}
