import ArgumentParser
import Foundation
import Kernel
import Localization
import Tenants

extension TenantCommand {
    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a tenant, in two steps with 30 days between them.",
            discussion: """
                The first time it asks for the end, which can be taken back. Once the 30 days are over it closes the \
                tenant, gives its numbers back, writes everything into a folder and erases it.
                """
        )

        @Argument(help: "The tenant's short name.") var slug: String
        @Option(help: "Why; it stands in the audit trail.") var reason: String
        @Option(help: "A new folder for the export; needed for the second step.") var export: String?

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(slug)
                try await desk.withLifecycle { lifecycle in
                    if try await lifecycle.closing(tenant.id) == nil {
                        try await ask(tenant, lifecycle, desk)
                    } else {
                        try await destroy(tenant, lifecycle, desk)
                    }
                }
            }
        }

        private func ask(_ tenant: Tenant, _ lifecycle: TenantLifecycle, _ desk: OperatorDesk) async throws {
            let asking = try await lifecycle.ask(
                tenant.id,
                confirming: slug,
                reason: reason,
                by: desk.acting()
            )
            switch asking {
            case .asked(let closing):
                let localizer = Localizer(language: desk.terminal.language, timeZone: tenant.settings.timeZone)
                desk.terminal.say(
                    "tenant_closing_asked",
                    ["tenant": slug, "date": localizer.dateTime(closing.endsAt)]
                )
            case .refused(let refusal): throw desk.terminal.refuse(slug, becauseOf: refusal.key)
            }
        }

        private func destroy(_ tenant: Tenant, _ lifecycle: TenantLifecycle, _ desk: OperatorDesk) async throws {
            guard let export else { throw desk.terminal.refuse("tenant_export_missing", ["tenant": slug]) }
            let destruction = try await lifecycle.destroy(
                tenant.id,
                into: URL(filePath: export),
                readme: desk.readme(of: tenant),
                reason: reason,
                by: desk.acting()
            )
            switch destruction {
            case .destroyed(let summary):
                desk.terminal.say(
                    summary == nil ? "tenant_erased_again" : "tenant_destroyed",
                    ["tenant": slug, "folder": export]
                )
            case .refused(let refusal): throw desk.terminal.refuse(slug, becauseOf: refusal.key)
            }
        }
    }

    struct Keep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take the end of a tenant back.")

        @Argument(help: "The tenant's short name.") var slug: String
        @Option(help: "Why; it stands in the audit trail.") var reason: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(slug)
                try await desk.withLifecycle { lifecycle in
                    if let refusal = try await lifecycle.withdraw(tenant.id, reason: reason, by: desk.acting()) {
                        throw desk.terminal.refuse(slug, becauseOf: refusal.key)
                    }
                    desk.terminal.say("tenant_closing_withdrawn", ["tenant": slug])
                }
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write everything of a tenant into a new folder.")

        @Argument(help: "The tenant's short name.") var slug: String
        @Argument(help: "A folder that does not exist.") var folder: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(slug)
                try await desk.withLifecycle { lifecycle in
                    let export = try await lifecycle.export(
                        tenant.id,
                        into: URL(filePath: folder),
                        readme: desk.readme(of: tenant),
                        by: desk.acting()
                    )
                    switch export {
                    case .success(let summary):
                        desk.terminal.say(
                            "tenant_exported",
                            ["tenant": slug, "folder": folder, "rows": "\(summary.rows)"]
                        )
                    case .failure(let refusal): throw desk.terminal.refuse(slug, becauseOf: refusal.key)
                    }
                }
            }
        }
    }
}

extension OperatorDesk {
    /// What an export says of itself, in the tenant's language.
    fileprivate func readme(of tenant: Tenant) -> String {
        let language = tenant.settings.language
        let localizer = Localizer(language: language, timeZone: tenant.settings.timeZone)
        return terminal.catalog.text(
            "tenants.export_readme",
            language,
            [
                "tenant": tenant.name, "slug": tenant.slug.value,
                "date": localizer.dateTime(TimeSource.system.now()),
            ]
        )
    }
}
