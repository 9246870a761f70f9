import ArgumentParser
import Foundation
import Localization
import Tenants

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "The people of a tenant.",
        subcommands: [Invite.self, List.self]
    )

    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Invite somebody by mail; a tenant's first owner comes this way."
        )

        @Option(help: "The tenant's short name.") var tenant: String
        @Option(help: "owner, admin, editor, agent, billing or viewer.") var role = "owner"
        @Option(help: "de or en; the tenant's language if it is not given.") var language: String?
        @Option(name: .customLong("as"), help: "Who invites, as the mail says.") var inviter = "VoiceAgent"
        @Argument(help: "The mail address.") var email: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                guard let role = MemberRole(rawValue: role) else {
                    throw desk.terminal.refuse("role_unknown", ["role": role])
                }
                let wanted = language ?? tenant.settings.language.rawValue
                guard let language = Language(rawValue: wanted) else {
                    throw desk.terminal.refuse("language_unknown", ["language": wanted])
                }
                try await desk.withMembers { members in
                    let inviting = try await members.invite(
                        tenant.id,
                        email: email,
                        role: role,
                        language: language,
                        by: desk.acting(as: inviter)
                    )
                    switch inviting {
                    case .invited(let invitation):
                        desk.terminal.say(
                            "member_invited",
                            [
                                "email": invitation.email, "tenant": tenant.slug.value,
                                "role": desk.terminal.catalog.text(role.key, desk.terminal.language),
                            ]
                        )
                    case .refused(let refusal): throw desk.terminal.refuse(email, becauseOf: refusal.key)
                    }
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a tenant's members and open invitations.")

        @Option(help: "The tenant's short name.") var tenant: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                try await desk.withMembers { members in
                    for member in try await members.members(tenant.id) {
                        print("\(member.email)\t\(member.role.rawValue)\t\(member.name)")
                    }
                    for invitation in try await members.invitations(tenant.id) {
                        print("\(invitation.email)\t\(invitation.role.rawValue)\t-")
                    }
                }
            }
        }
    }
}

extension Terminal {
    /// Refuses what was asked for with a reason of another slice's catalog.
    func refuse(_ what: String, becauseOf key: String) -> ExitCode {
        refuse("refused", ["what": what, "reason": catalog.text(key, language)])
    }
}
