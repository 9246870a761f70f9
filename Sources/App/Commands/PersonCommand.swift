import ArgumentParser
import Foundation
import Kernel
import Localization
import People
import Tenants

struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "The people of this installation, and who of them works for the platform.",
        subcommands: [Create.self, List.self, Disable.self, Enable.self, ResetFactors.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let somebody work for the platform; a mail asks them to set a password. Safe to repeat."
        )

        @Option(help: "What the person is called.") var name: String
        @Option(help: "operator or support.") var platform: String
        @Option(help: "de or en.") var language = "de"
        @Argument(help: "The mail address.") var email: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let email = try desk.address(email)
                guard let name = PersonName.parse(name) else {
                    throw desk.terminal.refuse("person_name_malformed", ["name": name])
                }
                guard let role = PlatformRole(rawValue: platform) else {
                    throw desk.terminal.refuse("platform_role_unknown", ["role": platform])
                }
                guard let language = Language(rawValue: language) else {
                    throw desk.terminal.refuse("language_unknown", ["language": language])
                }
                let appointment = try await desk.staff().appoint(
                    email,
                    name: name,
                    language: language,
                    role: role,
                    actor: desk.actor
                )
                let key =
                    switch appointment {
                    case .invited: "person_invited"
                    case .appointed: "person_appointed"
                    case .unchanged: "person_unchanged"
                    }
                desk.terminal.say(key, ["email": email.value, "role": role.rawValue])
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print everybody who can sign in.")

        func run() async throws {
            try await OperatorDesk.run { desk in
                for person in try await desk.staff().all(actor: desk.actor) {
                    let state = person.isActive ? "active" : "disabled"
                    print("\(person.email)\t\(state)\t\(person.role?.rawValue ?? "-")\t\(person.name)\t\(person.id)")
                }
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let nobody sign in as this person; all sessions end at once. Nothing is deleted."
        )

        @Option(help: "Why; it stands in the audit trail.") var reason: String
        @Argument(help: "The mail address.") var email: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let email = try desk.address(email)
                guard try await desk.staff().disable(email, reason: reason, actor: desk.actor) != nil else {
                    throw desk.terminal.refuse("person_unknown", ["email": email.value])
                }
                desk.terminal.say("person_disabled", ["email": email.value])
            }
        }
    }

    struct ResetFactors: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-factors",
            abstract: "Take the second factors away from somebody who lost them; all sessions end, the password stays."
        )

        @Option(help: "Why; it stands in the audit trails of the platform and of the person's tenants.")
        var reason: String
        @Argument(help: "The mail address.") var email: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let email = try desk.address(email)
                switch try await desk.people().resetFactors(email, reason: reason, by: desk.acting()) {
                case nil: desk.terminal.say("person_factors_reset", ["email": email.value])
                case .noSuchPerson?: throw desk.terminal.refuse("person_unknown", ["email": email.value])
                case .nothingToReset?: throw desk.terminal.refuse("person_has_no_factors", ["email": email.value])
                case .reasonMissing?: throw desk.terminal.refuse("person_reason_missing")
                case .notAllowed?, .emailDiffers?, .ownAccount?:
                    throw desk.terminal.refuse("person_factors_kept", ["email": email.value])
                }
            }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a disabled person sign in again.")

        @Option(help: "Why; it stands in the audit trail.") var reason: String
        @Argument(help: "The mail address.") var email: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let email = try desk.address(email)
                guard try await desk.staff().enable(email, reason: reason, actor: desk.actor) != nil else {
                    throw desk.terminal.refuse("person_unknown", ["email": email.value])
                }
                desk.terminal.say("person_enabled", ["email": email.value])
            }
        }
    }
}

extension OperatorDesk {
    fileprivate func address(_ typed: String) throws -> EmailAddress {
        guard let email = EmailAddress(typed) else {
            throw terminal.refuse("person_email_malformed", ["email": typed])
        }
        return email
    }

    /// - Throws: `SettingProblems` if the keys or the public address are missing.
    fileprivate func staff() throws -> PlatformStaff {
        let post = try post()
        return PlatformStaff(
            database,
            outbox: post.outbox,
            links: try accountLinks(),
            time: .system
        )
    }

    /// - Throws: `SettingProblems` if the keys or the public address are missing.
    fileprivate func people() throws -> PersonDesk {
        let factors = FactorReset(
            outbox: try post().outbox,
            links: try accountLinks(),
            catalog: terminal.catalog,
            time: .system
        )
        return PersonDesk(database, factors: factors)
    }

    private func accountLinks() throws -> AccountLinks {
        var reader = SettingReader(environment)
        guard let base = reader.baseURL(.publicBaseURL) else { throw SettingProblems(problems: reader.problems) }
        return AccountLinks(base: base)
    }
}
