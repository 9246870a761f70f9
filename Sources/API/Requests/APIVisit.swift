import Audit
import Foundation
import Hummingbird
import Kernel
import Tenants
import Web

/// A request of a tenant's program whose key, limits and scope were checked.
struct APIVisit: Sendable {
    let request: IncomingRequest
    let identity: APIKeyIdentity

    var tenant: TenantID { identity.tenant }

    /// The key by its id: its name is a person's words.
    var actor: AuditActor {
        AuditActor(.apiKey, identity.key.description, addressPrefix: request.client?.networkPrefix)
    }

    func may(_ permission: Permission) -> Bool { identity.scopes.contains(permission) }

    /// The identity in the path. What is none is not visible, like one that does not exist.
    func id<Owner>(_ name: String) throws -> ID<Owner> {
        guard let id = ID<Owner>(parameter(name)) else { throw APIProblem(.notVisible) }
        return id
    }

    func number(_ name: String) throws -> E164 {
        guard let number = E164(parameter(name)) else { throw APIProblem(.notVisible) }
        return number
    }

    private func parameter(_ name: String) -> String {
        request.parameters.get(name)?.removingPercentEncoding ?? ""
    }

    /// For addresses without parameters of their own.
    func expectNoQuery() throws { try QueryReader(request).finish() }
}
