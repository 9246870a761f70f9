package import Foundation
import Synchronization

/// A mail that arrived.
package struct ReceivedMail: Sendable {
    /// Counts from 1.
    package let number: Int
    package let receivedAt: Date
    /// As the client stated them, not as the headers do.
    package let sender: String
    package let recipients: [String]
    /// Whether it came over TLS.
    package let isEncrypted: Bool
    /// As it came, dots no longer doubled.
    package let source: String
    package let content: MailContent
}

/// The mails that arrived, the last 500 of them.
package final class Postbox: Sendable {
    static let capacity = 500

    private struct State {
        var count = 0
        var mails: [ReceivedMail] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// The newest first.
    package var mails: [ReceivedMail] { state.withLock { $0.mails.reversed() } }

    package func mail(_ number: Int) -> ReceivedMail? { state.withLock { $0.mails.first { $0.number == number } } }

    package func empty() { state.withLock { $0.mails.removeAll() } }

    /// - Returns: the mail's number.
    func keep(sender: String, recipients: [String], bytes: [UInt8], isEncrypted: Bool) -> Int {
        let source = String(decoding: bytes, as: UTF8.self)
        let content = MailContent(bytes)
        return state.withLock { state in
            state.count += 1
            state.mails.append(
                ReceivedMail(
                    number: state.count,
                    receivedAt: Date(),
                    sender: sender,
                    recipients: recipients,
                    isEncrypted: isEncrypted,
                    source: source,
                    content: content
                )
            )
            if state.mails.count > Self.capacity { state.mails.removeFirst() }
            return state.count
        }
    }
}
