package import Foundation
package import Kernel

/// One stored version of a flow. Its document never changes.
package struct FlowVersion: Sendable, Hashable {
    package let id: FlowVersionID
    package let flow: FlowID
    /// Counts the flow's versions from 1.
    package let ordinal: Int
    package let state: FlowVersionState
    /// Of the canonical JSON, in hexadecimal.
    package let sha256: String
    package let createdAt: Date

    package init(
        id: FlowVersionID,
        flow: FlowID,
        ordinal: Int,
        state: FlowVersionState,
        sha256: String,
        createdAt: Date
    ) {
        self.id = id
        self.flow = flow
        self.ordinal = ordinal
        self.state = state
        self.sha256 = sha256
        self.createdAt = createdAt
    }
}

/// Draft → staged → live → retired; a staged version that is replaced is retired too.
package enum FlowVersionState: String, Sendable, Hashable, CaseIterable {
    case draft
    /// Ready to be published. At most one of a flow.
    case staged
    /// What new calls are pinned to. At most one of a flow.
    case live
    /// No new call; running calls go on with it.
    case retired
}

/// A version with its document: what a call is pinned to.
package struct PinnedFlow: Sendable, Hashable {
    package let version: FlowVersionID
    package let flow: FlowID
    package let document: FlowDocument

    package init(version: FlowVersionID, flow: FlowID, document: FlowDocument) {
        self.version = version
        self.flow = flow
        self.document = document
    }
}
