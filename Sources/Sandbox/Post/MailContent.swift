import Foundation

/// What a mail says, read as a mail program would (RFC 5322, MIME).
package struct MailContent: Sendable {
    package let headers: [MailHeader]
    /// The first part in plain text; empty if there is none.
    package let text: String
    /// The first part that is a page.
    package let html: String?

    package var subject: String { header("Subject") ?? "" }
    package var from: String { header("From") ?? "" }
    package var to: String { header("To") ?? "" }
    package var messageID: String { header("Message-ID") ?? "" }

    /// The addresses in the text, in their order.
    package var links: [String] {
        text.matches(of: /https?:\/\/[^\s<>"]+/).map { match in
            var link = String(match.output)
            while let last = link.last, ".,;:!?)".contains(last) { link.removeLast() }
            return link
        }
    }

    init(_ bytes: [UInt8]) {
        let part = MailPart(bytes[...], depth: 0)
        headers = part.headers
        text = part.first("text/plain")?.decodedText ?? ""
        html = part.first("text/html")?.decodedText
    }

    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

package struct MailHeader: Sendable, Equatable {
    package let name: String
    /// Unfolded, its encoded words decoded.
    package let value: String
}
