import Foundation
import Kernel
import Localization
import Mail
import Secrets

/// A mail as the queue keeps it: recipient, name and links are sealed, because who can read them could sign in as that
/// person.
struct SealedMail: Sendable {
    /// More than any argument of ours needs.
    private static let maximumArgumentBytes = 4 << 10

    let id: OutboxID
    let sealed: SealedValue

    private struct Content: Codable {
        let to: String
        let name: String
        let language: String
        let arguments: [String: String]
    }

    /// - Throws: `OutboxError`, `Envelope.Failure`.
    init(_ mail: OutgoingMail, envelope: Envelope) throws {
        let address = try Self.address(mail.to)
        let wrong = mail.kind.arguments.symmetricDifference(mail.arguments.keys).union(
            mail.arguments.filter { $0.value.isEmpty || $0.value.utf8.count > Self.maximumArgumentBytes }.keys
        )
        guard wrong.isEmpty else { throw OutboxError.arguments(names: wrong.sorted()) }
        if let link = mail.arguments["link"] { guard MailLink.isSafe(link) else { throw OutboxError.link } }
        id = OutboxID()
        let content = Content(
            to: address.address,
            name: String(mail.name.prefix(128)),
            language: mail.language.rawValue,
            arguments: mail.arguments
        )
        let json = try JSONEncoder().encode(content)
        sealed = try envelope.seal(Secret(String(decoding: json, as: UTF8.self)), for: Self.place(id))
    }

    init(id: OutboxID, sealed: SealedValue) {
        self.id = id
        self.sealed = sealed
    }

    /// - Throws: `Envelope.Failure`, or `DecodingError` for a form this program does not know.
    func opened(as kind: MailKind, envelope: Envelope) throws -> OutgoingMail {
        let json = try envelope.open(sealed, for: Self.place(id)).reveal()
        let content = try JSONDecoder().decode(Content.self, from: Data(json.utf8))
        return OutgoingMail(
            kind: kind,
            to: content.to,
            name: content.name,
            language: Language(rawValue: content.language) ?? .de,
            arguments: content.arguments
        )
    }

    private static func address(_ text: String) throws(OutboxError) -> MailAddress {
        do {
            return try MailAddress(text)
        } catch {
            throw .address(code: error.rawValue)
        }
    }

    private static func place(_ id: OutboxID) -> SealedPlace {
        SealedPlace(.platform, purpose: "mail", table: "mail_outbox", row: "\(id)", column: "ciphertext")
    }
}
