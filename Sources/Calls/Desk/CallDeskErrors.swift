/// A broken assumption about a call.
package enum CallDeskError: String, Error, Sendable {
    /// What is stored cannot be the call it should be.
    case unreadable = "call_unreadable"
    /// The number was given to somebody else again and again while the call was admitted.
    case routeUnstable = "call_route_unstable"
}
