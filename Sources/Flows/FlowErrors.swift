/// A broken assumption about a flow.
package enum FlowError: String, Error, Sendable {
    /// What is stored cannot be the flow it should be.
    case unreadable = "flow_unreadable"
    /// A transaction without a tenant was given.
    case noTenant = "flow_no_tenant"
}
