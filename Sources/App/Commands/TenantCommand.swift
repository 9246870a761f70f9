import ArgumentParser
import Foundation
import Kernel
import Localization
import PhoneNumbers
import Tenants

struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant",
        abstract: "The companies of this installation.",
        subcommands: [
            Create.self, List.self, Suspend.self, Activate.self, Close.self, Keep.self, Export.self,
        ]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a tenant. Repeating it changes nothing.")

        @Argument(help: "Short name: small letters, digits and dashes.") var slug: String
        @Option(help: "The company's name.") var name: String
        @Option(help: "Country the tenant writes telephone numbers in.") var region = "AT"
        @Option(help: "de or en.") var language = "de"
        @Option(help: "IANA time zone.") var timeZone = "Europe/Vienna"
        @Option(help: "Number for calls that cannot be answered.") var overflow: String?
        @Option(help: "Calls at the same time.") var concurrentCalls = 10

        func run() async throws {
            try await OperatorDesk.run { desk in
                guard let slug = TenantSlug(slug) else {
                    throw desk.terminal.refuse("tenant_slug_malformed", ["tenant": slug])
                }
                let creation = try await desk.tenants.create(
                    slug,
                    name: name,
                    settings: try settings(desk.terminal),
                    bounds: TenantBounds(concurrentCalls: concurrentCalls),
                    actor: desk.actor
                )
                switch creation {
                case .created(let tenant):
                    desk.terminal.say("tenant_created", ["tenant": tenant.slug.value, "id": "\(tenant.id)"])
                case .exists(let tenant):
                    desk.terminal.say("tenant_exists", ["tenant": tenant.slug.value, "id": "\(tenant.id)"])
                }
            }
        }

        private func settings(_ terminal: Terminal) throws -> TenantSettings {
            guard let region = Region(region) else { throw terminal.refuse("region_unknown", ["region": region]) }
            guard let language = Language(rawValue: language) else {
                throw terminal.refuse("language_unknown", ["language": language])
            }
            guard TimeZone(identifier: timeZone) != nil else {
                throw terminal.refuse("time_zone_unknown", ["zone": timeZone])
            }
            var settings = TenantSettings(region: region.code, language: language, timeZone: timeZone)
            if let overflow {
                switch PhoneNumberParser().parse(overflow, region: region) {
                case .success(let number): settings.overflow = number.e164
                case .failure(let refusal): throw terminal.refuseNumber(overflow, "refusal_\(refusal.rawValue)")
                }
            }
            return settings
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print all tenants.")

        func run() async throws {
            try await OperatorDesk.run { desk in
                for tenant in try await desk.tenants.all(actor: desk.actor) {
                    print("\(tenant.slug.value)\t\(tenant.state.rawValue)\t\(tenant.name)\t\(tenant.id)")
                }
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse a tenant's calls; nothing is deleted.")

        @Argument(help: "The tenant's short name.") var slug: String
        @Option(help: "Why; it stands in the audit trail.") var reason: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(slug)
                try await desk.tenants.suspend(tenant.id, reason: reason, actor: desk.actor)
                desk.terminal.say("tenant_suspended", ["tenant": slug])
            }
        }
    }

    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Answer a suspended tenant's calls again.")

        @Argument(help: "The tenant's short name.") var slug: String
        @Option(help: "Why; it stands in the audit trail.") var reason: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(slug)
                try await desk.tenants.activate(tenant.id, reason: reason, actor: desk.actor)
                desk.terminal.say("tenant_activated", ["tenant": slug])
            }
        }
    }
}

extension Terminal {
    /// Refuses a telephone number with the reason of the numbers' catalog.
    func refuseNumber(_ typed: String, _ code: String) -> ExitCode {
        refuse("number_refused", ["number": typed, "reason": catalog.text("numbers.\(code)", language)])
    }
}
