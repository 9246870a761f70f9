import Kernel
import Localization
import People
import Site
import Tenants
import Web

extension PlatformVisit {
    /// Whoever asks, as the slices want to know it.
    var acting: Acting { Acting(.platform("\(person.id)"), name: person.name, origin: origin) }
}

extension TenantID {
    /// Where the tenant's page is.
    var pagePath: String { "/plattform/mandanten/\(self)" }
}
