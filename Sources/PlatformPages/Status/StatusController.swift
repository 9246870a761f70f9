import Foundation
import Hummingbird
import Localization
import Logging
import Site
import Tenants
import Web

/// How the installation stands.
struct StatusController {
    let installation: InstallationReading
    let probes: HealthProbes
    let version: String

    func bind(into book: inout SiteBook) {
        book.platform(.systemStatus) { visit in
            async let readings = HealthReading.all(probes, visit.site.time)
            let figures = try await figures(visit)
            let page = StatusPage(
                readings: await readings,
                figures: figures,
                version: version,
                visit: visit
            )
            return visit.page("platform/status", title: visit.text("platform.status_title"), page.model)
        }
    }

    /// Nil if they cannot be read now: what the dependencies say is then all the more wanted.
    private func figures(_ visit: PlatformVisit) async throws -> InstallationFigures? {
        do {
            return try await installation.figures(
                since: visit.localizer.startOfDay(visit.now),
                actor: visit.actor
            )
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            visit.visit.request.logger.warning(
                "figures of the installation not read",
                metadata: ["error.type": "\(type(of: error))"]
            )
            return nil
        }
    }
}
