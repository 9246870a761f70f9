import GRPCCore

/// What every Google service checks and fails like.
enum GoogleDoor {
    /// - Throws: `RPCError` unauthenticated unless the request carries a token that was issued and is still good.
    static func check(_ metadata: Metadata, account: ServiceAccount) throws {
        let authorization = metadata[stringValues: "authorization"].first { _ in true }
        guard account.accepts(authorization: authorization) else {
            throw RPCError(
                code: .unauthenticated,
                message: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
                    + "or other valid authentication credential."
            )
        }
    }

    /// - Throws: the `RPCError` of a fault that shows before anything is answered.
    static func failAtOnce(_ fault: Fault?) throws {
        switch fault {
        case .error: throw RPCError(code: .unavailable, message: "The service is currently unavailable.")
        case .quota: throw RPCError(code: .resourceExhausted, message: "Quota exceeded for quota metric.")
        case .denied: throw RPCError(code: .permissionDenied, message: "The caller does not have permission")
        case .stall, .stallMidway, .errorMidway, .garbage, nil: break
        }
    }
}
