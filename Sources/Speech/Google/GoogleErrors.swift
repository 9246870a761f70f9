import GRPCCore

extension SpeechError {
    static let google = "google"

    /// What a failed call to Google means for us. Google's text stays behind: it may repeat what was asked.
    init(google error: any Error) {
        switch error {
        case let error as SpeechError: self = error.named(Self.google)
        case let error as RPCError: self.init(google: error.code)
        default: self.init(.unavailable, provider: Self.google, code: "connection")
        }
    }

    private init(google code: RPCError.Code) {
        let kind: Kind
        let name: String
        switch code {
        case .deadlineExceeded: (kind, name) = (.timeout, "grpc_deadline_exceeded")
        case .resourceExhausted: (kind, name) = (.quota, "grpc_resource_exhausted")
        case .unauthenticated: (kind, name) = (.refused, Self.rejectedToken)
        case .permissionDenied: (kind, name) = (.refused, "grpc_permission_denied")
        case .invalidArgument: (kind, name) = (.invalid, "grpc_invalid_argument")
        case .notFound: (kind, name) = (.invalid, "grpc_not_found")
        case .failedPrecondition: (kind, name) = (.invalid, "grpc_failed_precondition")
        case .unimplemented: (kind, name) = (.invalid, "grpc_unimplemented")
        // Google ends an idle stream with ABORTED and one that is too long with ABORTED or OUT_OF_RANGE: the same
        // sound on a new stream is understood.
        case .aborted: (kind, name) = (.unavailable, "grpc_aborted")
        case .outOfRange: (kind, name) = (.unavailable, "grpc_out_of_range")
        case .cancelled: (kind, name) = (.unavailable, "grpc_cancelled")
        case .internalError: (kind, name) = (.unavailable, "grpc_internal")
        case .dataLoss: (kind, name) = (.unavailable, "grpc_data_loss")
        case .unavailable: (kind, name) = (.unavailable, "grpc_unavailable")
        default: (kind, name) = (.unavailable, "grpc_unknown")
        }
        self.init(kind, provider: Self.google, code: name)
    }
}
