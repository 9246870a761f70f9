package import Foundation
package import Kernel

/// What somebody who watches a call wants to be done with it, on its way to the process that leads it.
package struct LiveCommand: Codable, Sendable, Equatable {
    package enum Wish: Codable, Sendable, Equatable {
        case hangUp
        /// Connect the caller with this number, where somebody waits for them.
        case takeOver(E164)
    }

    package let id: UUID
    package let call: CallSid
    package let wish: Wish

    package init(id: UUID, call: CallSid, wish: Wish) {
        self.id = id
        self.call = call
        self.wish = wish
    }
}

extension LiveCommand.Wish {
    /// What the session is told.
    var event: CallMachine.Event {
        switch self {
        case .hangUp: .hangUpRequested
        case .takeOver(let number): .takeOverRequested(number)
        }
    }

    /// What shall become of the call where no session can be told.
    var intent: CallIntent {
        switch self {
        case .hangUp: .hangUp(.completed)
        case .takeOver(let number):
            .handOver(
                HandOverIntent(
                    target: HandOverIntent.takeOver,
                    node: nil,
                    summary: "",
                    announced: false,
                    number: number
                )
            )
        }
    }
}
