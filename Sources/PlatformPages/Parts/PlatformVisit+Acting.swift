import Kernel
import Localization
import People
import Site
import Tenants
import Web

extension CheckedVisit {
    /// Where the request came from, for what is kept about it.
    var origin: RequestOrigin {
        RequestOrigin(
            address: visit.request.client,
            userAgent: visit.request.header("user-agent") ?? "",
            requestID: visit.requestID
        )
    }

    /// `one` for one, else `many` with the number in it.
    func counted(_ count: Int, one: String, many: String) -> String {
        count == 1 ? text(one) : text(many, ["n": localizer.number(count)])
    }
}

extension PlatformVisit {
    /// Whoever asks, as the slices want to know it.
    var acting: Acting { Acting(.platform("\(person.id)"), name: person.name, origin: origin) }
}

extension TenantID {
    /// Where the tenant's page is.
    var pagePath: String { "/plattform/mandanten/\(self)" }
}
