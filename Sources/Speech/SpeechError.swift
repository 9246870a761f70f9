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

    /// Whether a stream that failed so is opened once more at once. A used-up quota is not asked again; a rejected
    /// token has been dropped and a language replaced by then.
    var mayReopenStream: Bool {
        switch kind {
        case .unavailable, .timeout: true
        case .quota: false
        case .refused: code == Self.rejectedToken
        case .invalid: code == Self.replacedLanguage
        }
    }

    static let rejectedToken = "grpc_unauthenticated"
    static let replacedLanguage = "language_replaced"

    /// The same error with the provider's name, where it arose in a part that knows no provider.
    func named(_ provider: String) -> Self {
        self.provider.isEmpty ? Self(kind, provider: provider, code: code) : self
    }

    package var description: String { "speech \(provider) \(kind.rawValue) (\(code))" }
}
