import People
import Site
import Tenants
import Web

extension TenantVisit {
    /// Whoever asks, as the slices want to know it.
    var acting: Acting {
        let request = visit.request
        return Acting(
            visitor,
            from: RequestOrigin(
                address: request.client,
                userAgent: request.header("user-agent") ?? "",
                requestID: visit.requestID
            )
        )
    }

    func roleName(_ role: MemberRole) -> String { text(role.key) }
}
