import Hummingbird
import Kernel
import Site
import Tenants

/// Finds the tenant that a path names, for the pages that ask before an act.
struct TenantDesk {
    let reading: TenantReading

    /// - Throws: `NotVisible` for a tenant that does not exist.
    func standing(_ visit: PlatformVisit) async throws -> TenantStanding {
        guard let standing = try await reading.standing(try visit.id(as: TenantTag.self), actor: visit.actor) else {
            throw NotVisible()
        }
        return standing
    }
}

extension PlatformVisit {
    /// Why something is done, as it was typed: one line of at most 500 characters.
    var reason: String {
        let words = (form.text("grund") ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return String(words.prefix(500))
    }

    /// For acts on a tenant that was closed meanwhile or already.
    func alreadyClosed(_ tenant: Tenant) -> Response {
        redirect(to: tenant.id.pagePath, saying: "platform.already_closed")
    }
}

extension Tenant {
    /// What the operator types when the time to take the end back is over; both words in quotes are theirs to choose.
    var closeCommand: String { "voiceagent tenant close \(slug) --reason \"…\" --export \"…\"" }
}
