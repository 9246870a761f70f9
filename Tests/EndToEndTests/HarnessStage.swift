import AsyncHTTPClient
import Database
import Flows
import Foundation
import Kernel
import Localization
import Numbers
import Sandbox
import Tenants
import TestSupport
import Twilio

@testable import App

/// How a stage is set up.
struct StageOptions: Sendable {
    /// Audio runs this many times faster than real time, so that tests are quick. The product's own times that are not
    /// audio times (its patience with providers, heartbeats) stay real.
    var pace = 10.0
    /// The flow of the stage's company.
    var flow = FlowText.reception(of: "Muster")
    var bounds = TenantBounds(concurrentCalls: 200, callSeconds: 1_800)
    /// Settings of the serving process besides those that the stage makes.
    var settings: [String: String] = [:]
    /// Whether the stage serves in this process. Without, a test starts its own servers with `Stage.settings`.
    var serves = true
    /// Whether the server waits at the end for calls that may still come back. Tests that leave calls hanging do not.
    var drains = true
    /// Real time after which the test fails.
    var limit = Duration.seconds(60)
    var voice = SynthesisVoice.modem
    /// Whether the texts of all statements are kept in `StageLog.statements`.
    var keepsStatements = false

    init() {}

    init(_ change: (inout StageOptions) -> Void) {
        change(&self)
    }
}

/// One installation with everything around it: a database of its own, an outside world of its own, and a company whose
/// number leads to a live flow.
struct Stage: Sendable {
    let options: StageOptions
    let database: TestDatabase
    let world: SandboxWorld
    /// The environment of the serving process, as `voiceagent serve` would read it.
    let settings: [String: String]
    let config: AppConfig
    /// Holds the credentials and the key file; removed afterwards.
    let folder: URL
    let log: StageLog
    let tenants: TenantBook
    let numbers: NumberBook
    let flows: FlowLibrary
    let http: HTTPClient
    /// The company made for the stage.
    let company: Company

    var baseURL: String { settings["PUBLIC_BASE_URL"] ?? "" }
    var account: CarrierAccount { world.settings.account }
}

/// Runs `body` on a stage with a database of its own on the servers of the environment.
@discardableResult
func withStage<Result: Sendable>(
    _ options: StageOptions = StageOptions(),
    _ body: @escaping @Sendable (Stage) async throws -> Result
) async throws -> Result {
    let redis = ProcessInfo.processInfo.environment["REDIS_URL"] ?? ""
    return try await withTestDatabase { database in
        try await withStage(options, database: database, redisURL: redis, body)
    }
}

/// Runs `body` on a stage at a migrated database and a Redis that the caller has made.
@discardableResult
func withStage<Result: Sendable>(
    _ options: StageOptions = StageOptions(),
    database: TestDatabase,
    redisURL: String,
    _ body: @escaping @Sendable (Stage) async throws -> Result
) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "va-stage-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { removeFolder(folder) }
    var worldSettings = WorldSettings()
    worldSettings.pace = options.pace
    worldSettings.voice = options.voice
    let world = try await SandboxWorld.start(worldSettings)
    let http = HTTPClient(eventLoopGroupProvider: .singleton)
    let outcome: Swift.Result<Result, any Error>
    do {
        let stage = try await Stage.make(options, database, redisURL, world, http, folder)
        outcome = .success(
            try await TimeSource.system.limit(options.limit) {
                guard options.serves else { return try await body(stage) }
                return try await stage.withServer { try await body(stage) }
            }
        )
    } catch {
        outcome = .failure(error)
    }
    try await http.shutdown()
    await world.shutdown()
    return try outcome.get()
}

private func removeFolder(_ folder: URL) {
    // What remains lies in the folder for temporary files, and the test's own outcome matters more.
    do { try FileManager.default.removeItem(at: folder) } catch {}
}

extension Stage {
    fileprivate static func make(
        _ options: StageOptions,
        _ database: TestDatabase,
        _ redisURL: String,
        _ world: SandboxWorld,
        _ http: HTTPClient,
        _ folder: URL
    ) async throws -> Stage {
        let settings = try StageSettings.environment(
            database: database,
            redisURL: redisURL,
            world: world,
            folder: folder
        ).merging(options.settings) { _, own in own }
        let config = try AppConfig(environment: settings, hostName: "stage")
        let carrier = TwilioClient(
            credentials: config.twilio.credentials,
            base: config.twilio.base,
            http: http,
            time: .system
        )
        let tenants = TenantBook(database.app)
        let numbers = NumberBook(
            database.app,
            carrier: .twilio(carrier, addresses: config.addresses),
            account: config.twilio.accountSid,
            time: .system
        )
        let flows = FlowLibrary(database.app, targetRules: numbers.targetRules(tenants: tenants))
        let founding = Founding(tenants: tenants, numbers: numbers, flows: flows, exchange: world.exchange)
        let company = try await founding.found("Muster", flow: options.flow, bounds: options.bounds)
        return Stage(
            options: options,
            database: database,
            world: world,
            settings: settings,
            config: config,
            folder: folder,
            log: StageLog(),
            tenants: tenants,
            numbers: numbers,
            flows: flows,
            http: http,
            company: company
        )
    }

    /// Another company with a number that leads to a live flow.
    func found(
        _ name: String,
        flow: FlowText? = nil,
        bounds: TenantBounds = TenantBounds(concurrentCalls: 200, callSeconds: 1_800)
    ) async throws -> Company {
        try await founding.found(name, flow: flow ?? .reception(of: name), bounds: bounds)
    }

    var founding: Founding {
        Founding(tenants: tenants, numbers: numbers, flows: flows, exchange: world.exchange)
    }
}
