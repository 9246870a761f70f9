import AsyncHTTPClient
import Calls
import Kernel
import LanguageModel
import Logging
import Secrets
import Speech
import Telemetry
import Tenants

/// The providers that calls talk to, one set for the installation, with each tenant's own model where it has one.
struct InstallationProviders: Sendable {
    let recogniser: GoogleRecognizer
    let synthesiser: GoogleSynthesizer
    private let phrases: PhraseCache
    private let config: AppConfig
    private let tenants: TenantBook
    private let modelKeys: TenantModelKeys
    private let http: HTTPClient
    private let figures: CallMetrics
    private let logger: Logger
    private let time: TimeSource

    init(
        config: AppConfig,
        tenants: TenantBook,
        modelKeys: TenantModelKeys,
        http: HTTPClient,
        metrics: Metrics,
        logger: Logger,
        time: TimeSource
    ) throws {
        let credentials = try GoogleCredentials(setting: config.googleCredentials, http: http, time: time)
        recogniser = try GoogleRecognizer(
            configuration: config.google,
            credentials: credentials,
            time: time,
            logger: logger,
            metrics: metrics
        )
        synthesiser = try GoogleSynthesizer(
            configuration: config.google,
            credentials: credentials,
            time: time,
            logger: logger,
            metrics: metrics
        )
        phrases = PhraseCache(synthesiser)
        self.config = config
        self.tenants = tenants
        self.modelKeys = modelKeys
        self.http = http
        figures = CallMetrics(metrics)
        self.logger = logger
        self.time = time
    }

    func services(for call: PinnedCall) async throws -> CallServices {
        CallServices(
            recogniser: recogniser,
            synthesiser: synthesiser,
            phrases: phrases,
            model: try await model(for: call.tenant),
            recognitionModel: config.googleSpeechModel,
            time: time,
            metrics: figures,
            logger: logger
        )
    }

    /// The tenant's model at the interface it chose, with its own key if it brought one (decision 25).
    private func model(for tenant: TenantID) async throws -> any ChatModel {
        let settings = try await tenants.tenant(tenant)?.settings
        let baseURL = settings?.modelEntry.flatMap { config.models.endpoints[$0] }
        let key = try await modelKeys.key(of: tenant)
        return ChatCompletionsModel(
            baseURL: baseURL ?? config.models.baseURL,
            // The installation's key is never sent to an interface it is not for.
            key: key ?? (baseURL == nil ? config.models.key : nil),
            model: settings?.model ?? config.models.model,
            http: http,
            time: time
        )
    }
}
