package import Foundation

/// The identity of one `Owner`, as a UUID that cannot be mistaken for the identity of anything else.
package struct ID<Owner>: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let uuid: UUID

    /// A new random identity.
    package init() {
        uuid = UUID()
    }

    package init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// Nil unless `text` is a UUID in its usual 36 characters; case does not matter.
    package init?(_ text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    /// The canonical spelling: lower case, as PostgreSQL prints it.
    package var description: String { uuid.uuidString.lowercased() }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension ID: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a UUID"))
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

package enum TenantTag {}
package enum FlowTag {}
package enum FlowVersionTag {}
package enum NumberOwnershipTag {}
package enum NumberAssignmentTag {}
package enum CallTag {}
package enum CallLegTag {}
package enum UsageSegmentTag {}
package enum PersonTag {}
package enum WebSessionTag {}
package enum PasskeyTag {}
package enum InvitationTag {}
package enum APIKeyTag {}
package enum SupportAccessTag {}
package enum OutboxTag {}

package typealias TenantID = ID<TenantTag>
package typealias FlowID = ID<FlowTag>
package typealias FlowVersionID = ID<FlowVersionTag>
package typealias NumberOwnershipID = ID<NumberOwnershipTag>
package typealias NumberAssignmentID = ID<NumberAssignmentTag>
package typealias CallID = ID<CallTag>
package typealias CallLegID = ID<CallLegTag>
package typealias UsageSegmentID = ID<UsageSegmentTag>
package typealias PersonID = ID<PersonTag>
package typealias WebSessionID = ID<WebSessionTag>
package typealias PasskeyID = ID<PasskeyTag>
package typealias InvitationID = ID<InvitationTag>
package typealias APIKeyID = ID<APIKeyTag>
package typealias SupportAccessID = ID<SupportAccessTag>
package typealias OutboxID = ID<OutboxTag>
