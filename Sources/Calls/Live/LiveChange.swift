import Foundation
package import Kernel

/// Who is to be heard in a running call.
package enum LiveVoice: String, Codable, Sendable, Hashable, CaseIterable {
    case caller
    case agent
    /// The caller has spoken and the agent has not begun to answer.
    case thinking
    case nobody
}

/// What happened in a running call, on its way to those who watch. Turns are personal data.
package enum LiveChange: Codable, Sendable, Equatable {
    /// It began, went on in another way, or ended: what is stored tells how.
    case call(CallID)
    case turn(CallID, TurnRecord)
    case voice(CallID, LiveVoice)
}

extension LiveChange {
    /// Nil for a message that this version of the house does not know; what is stored tells it too.
    package init?(message: String) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(message.utf8))
        } catch {
            return nil
        }
    }
}
