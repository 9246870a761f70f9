import People
import Site
import Tenants
import Web

extension TenantVisit {
    /// Whoever asks, as the slices want to know it.
    var acting: Acting { Acting(visitor, from: origin) }

    func roleName(_ role: MemberRole) -> String { text(role.key) }
}
