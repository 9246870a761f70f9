/// A broken assumption about a tenant.
package enum TenantError: String, Error, Sendable {
    /// The tenant that was worked on does not exist.
    case gone = "tenant_gone"
    /// The tenant was closed, and stays so.
    case closed = "tenant_closed"
    /// What is stored cannot be the tenant it should be.
    case unreadable = "tenant_unreadable"
}
