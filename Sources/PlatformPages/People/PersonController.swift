import Hummingbird
import Kernel
import Localization
import People
import Site
import Tenants
import Web

/// One person as the operator sees them.
struct PersonController {
    let reading: PersonReading

    func bind(into book: inout SiteBook) {
        book.platform(.anyPerson) { visit in
            let detail = try await reading.person(visit)
            return visit.page(
                "platform/person",
                title: detail.line.name,
                PersonPage(detail: detail, visit: visit).model
            )
        }
    }
}

extension PersonReading {
    /// The person that a path names.
    /// - Throws: `NotVisible` for somebody who does not exist.
    func person(_ visit: PlatformVisit) async throws -> PersonDetail {
        guard let detail = try await detail(try visit.id(as: PersonTag.self), actor: visit.actor) else {
            throw NotVisible()
        }
        return detail
    }
}

extension PersonID {
    /// Where the person's page is.
    var pagePath: String { "/plattform/personen/\(self)" }
}

extension PlatformVisit {
    /// What the person is for the platform, if anything.
    func roleName(_ line: PersonLine) -> String? {
        line.platformRole.map { text("frame.platform_role_\($0.rawValue)") }
    }

    func lastSignIn(_ line: PersonLine) -> String {
        line.lastSignedInAt.map(localizer.dateTime) ?? text("platform.person_never")
    }
}
