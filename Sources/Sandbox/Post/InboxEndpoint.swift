import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The inbox of everybody: what the post office took, for people (`/_inbox`) and for tests (`/_inbox.json`).
struct InboxEndpoint: Sendable {
    let box: Postbox

    private struct Entry: Encodable {
        let number: Int
        let receivedAt: Date
        let sender: String
        let recipients: [String]
        let isEncrypted: Bool
        let from: String
        let to: String
        let subject: String
        let messageID: String
        let text: String
        let html: String?
        let links: [String]
        let source: String

        enum CodingKeys: String, CodingKey {
            case number, sender, recipients, from, to, subject, text, html, links, source
            case isEncrypted = "encrypted"
            case receivedAt = "received_at"
            case messageID = "message_id"
        }
    }

    private static let pagePolicy = """
        default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """
    /// A mail brings its own styles and may lead elsewhere when it is clicked, and nothing more.
    private static let mailPolicy = """
        default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; \
        sandbox allow-popups allow-top-navigation-by-user-activation
        """

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("/_inbox") { _, _ in Self.page(InboxPage.list(box.mails)) }
        router.get("/_inbox.css") { _, _ in Self.answer(InboxPage.style, type: "text/css; charset=utf-8") }
        router.get("/_inbox.json") { request, _ in
            let recipient = HTTPAnswer.query(request)["to"]
            return try Self.json(box.mails.filter { recipient == nil || $0.recipients.contains(recipient ?? "") })
        }
        router.delete("/_inbox.json") { _, _ in
            box.empty()
            return Response(status: .noContent)
        }
        router.get("/_inbox/:number") { _, context in
            guard let mail = mail(context) else { return Response(status: .notFound) }
            return Self.page(InboxPage.mail(mail))
        }
        router.get("/_inbox/:number/html") { _, context in
            guard let html = mail(context)?.content.html else { return Response(status: .notFound) }
            return Self.answer(
                InboxPage.framed(html),
                type: "text/html; charset=utf-8",
                policy: Self.mailPolicy
            )
        }
        router.get("/_inbox/:number/source") { _, context in
            guard let mail = mail(context) else { return Response(status: .notFound) }
            return Self.answer(mail.source, type: "text/plain; charset=utf-8")
        }
    }

    private func mail(_ context: BasicRequestContext) -> ReceivedMail? {
        context.parameters.get("number", as: Int.self).flatMap(box.mail)
    }

    private static func json(_ mails: [ReceivedMail]) throws -> Response {
        let encoder = JSONEncoder.sorted
        encoder.dateEncodingStrategy = .iso8601
        let entries = mails.map { mail in
            Entry(
                number: mail.number,
                receivedAt: mail.receivedAt,
                sender: mail.sender,
                recipients: mail.recipients,
                isEncrypted: mail.isEncrypted,
                from: mail.content.from,
                to: mail.content.to,
                subject: mail.content.subject,
                messageID: mail.content.messageID,
                text: mail.content.text,
                html: mail.content.html,
                links: mail.content.links,
                source: mail.source
            )
        }
        return HTTPAnswer.json(data: try encoder.encode(entries))
    }

    private static func page(_ html: String) -> Response {
        answer(html, type: "text/html; charset=utf-8", policy: pagePolicy)
    }

    private static func answer(_ text: String, type: String, policy: String = "default-src 'none'") -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        headers[.contentSecurityPolicy] = policy
        headers[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
