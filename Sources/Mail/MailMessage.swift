package import Foundation

/// One mail to one recipient.
package struct MailMessage: Sendable {
    package let from: MailAddress
    package let to: MailAddress
    package let replyTo: MailAddress?
    /// Line breaks and other control characters in it become spaces.
    package let subject: String
    /// Lines of any length; written as they are meant, whatever the wire needs.
    package let text: String
    /// The same, as a page; nil sends the text alone.
    package let html: String?
    /// Without angle brackets. Equal for every attempt to send the same mail.
    package let messageID: MessageID
    package let date: Date
    /// The language of the text, such as `de`.
    package let language: String?
    /// Written by a program: nobody's absence note answers it (RFC 3834).
    package let isAutoSubmitted: Bool

    package init(
        from: MailAddress,
        to: MailAddress,
        replyTo: MailAddress? = nil,
        subject: String,
        text: String,
        html: String? = nil,
        messageID: MessageID,
        date: Date,
        language: String? = nil,
        isAutoSubmitted: Bool = true
    ) {
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.text = text
        self.html = html
        self.messageID = messageID
        self.date = date
        self.language = language
        self.isAutoSubmitted = isAutoSubmitted
    }
}

/// What tells a mail from every other in the world (RFC 5322 §3.6.4), without its angle brackets.
package struct MessageID: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// - Parameters:
    ///   - unique: letters, digits and hyphens, 1 to 64 of them, that the sender's domain gives out once.
    ///   - sender: whose domain it is.
    package init?(_ unique: String, from sender: MailAddress) {
        let isPlain = unique.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        guard isPlain, (1...64).contains(unique.utf8.count) else { return nil }
        description = "\(unique)@\(sender.domain)"
    }
}
