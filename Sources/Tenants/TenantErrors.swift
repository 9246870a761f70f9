/// A broken assumption about a tenant.
package enum TenantError: String, Error, Sendable {
    /// The tenant that was worked on does not exist.
    case gone = "tenant_gone"
    /// What is stored cannot be the tenant it should be.
    case unreadable = "tenant_unreadable"
}
