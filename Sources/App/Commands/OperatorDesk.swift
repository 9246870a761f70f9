import ArgumentParser
import AsyncHTTPClient
import Audit
import Database
import Flows
import Foundation
import Kernel
import Logging
import Numbers
import Telemetry
import Tenants
import Twilio
import Web

/// What the operator's commands work with, for the length of one command.
struct OperatorDesk {
    let terminal: Terminal
    let database: Database
    let tenants: TenantBook
    let actor: AuditActor
    let environment: [String: String]

    /// Runs one command and closes what it opened. Refusals and failures end the program with a reason.
    static func run(_ body: (OperatorDesk) async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment
        let terminal = try Terminal(environment: environment)
        let settings: DatabaseSettings
        let secrets: SecretSettings
        do {
            settings = try DatabaseSettings(environment: environment)
            secrets = try SecretSettings(environment: environment)
        } catch let problems as SettingProblems {
            throw terminal.refuse(problems)
        }
        let logger = Logger(label: "voiceagent") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
        let database = Database(
            settings.configuration,
            logger: logger,
            metrics: Metrics(),
            platformDoor: .audited,
            seals: secrets.seals(time: .system)
        )
        let desk = OperatorDesk(
            terminal: terminal,
            database: database,
            tenants: TenantBook(database),
            actor: AuditActor(.operator, "cli:\(environment["USER"] ?? "operator")"),
            environment: environment
        )
        do {
            try await body(desk)
            try await database.shutdown()
        } catch let exit as ExitCode {
            try await database.shutdown()
            throw exit
        } catch let problems as SettingProblems {
            try await database.shutdown()
            throw terminal.refuse(problems)
        } catch let error as TenantError {
            try await database.shutdown()
            throw terminal.refuse("tenant_refused", ["reason": terminal.text(error.rawValue)])
        } catch let error as DatabaseError {
            try await database.shutdown()
            throw terminal.refuse("database_failed", ["reason": "\(error)"])
        }
    }

    func tenant(_ slug: String) async throws -> Tenant {
        guard let slug = TenantSlug(slug) else { throw terminal.refuse("tenant_slug_malformed", ["tenant": slug]) }
        guard let tenant = try await tenants.find(slug, actor: actor) else {
            throw terminal.refuse("tenant_unknown", ["tenant": slug.value])
        }
        return tenant
    }

    /// The numbers, checked against the carrier's account.
    func withNumbers(_ body: (NumberBook) async throws -> Void) async throws {
        let settings = try TwilioSettings(environment: environment)
        let http = HTTPClient(eventLoopGroupProvider: .singleton)
        let client = TwilioClient(credentials: settings.credentials, base: settings.base, http: http, time: .system)
        let book = NumberBook(
            database,
            carrier: .twilio(
                client,
                addresses: environment[Setting.publicBaseURL.name].flatMap { TelephonyAddresses(publicBaseURL: $0) }
            ),
            account: settings.accountSid,
            time: .system
        )
        do {
            try await body(book)
        } catch {
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }

    /// The flows, judged by what each tenant may hand over to.
    func withFlows(_ body: (FlowLibrary) async throws -> Void) async throws {
        try await withNumbers { numbers in
            try await body(FlowLibrary(database, targetRules: numbers.targetRules(tenants: tenants)))
        }
    }
}
