/// Why a provider of speech did not do its work. It carries no text of a caller and no credential.
package struct SpeechError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable {
        /// The provider cannot be reached, or broke off.
        case unavailable
        /// The provider did not answer in time.
        case timeout
        /// A quota of the account is used up.
        case quota
        /// The credentials are wrong or do not allow this.
        case refused
        /// The provider does not accept what was asked: a voice, a model, a language, a text.
        case invalid
    }

    package let kind: Kind
    /// A stable word, such as `google`; a label of metrics.
    package let provider: String
    /// What happened, as a stable code for the log, such as `grpc_unavailable`; never text from the provider.
    package let code: String

    package init(_ kind: Kind, provider: String, code: String) {
        self.kind = kind
        self.provider = provider
        self.code = code
    }

    /// Whether the same request may succeed if it is made again soon.
    package var isRetryable: Bool {
        switch kind {
        case .unavailable, .timeout, .quota: true
        case .refused, .invalid: false
        }
    }

    package var description: String { "speech \(provider) \(kind.rawValue) (\(code))" }
}
