import ArgumentParser
import Credentials
import Foundation
import Tenants

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Keys with which a tenant's programs use the API.",
        subcommands: [Create.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key in the name of a member, who must be allowed to; it is printed once.",
            discussion: "The audit trail names the member, and the tenant's owners get a mail."
        )

        @Option(help: "The tenant's short name.") var tenant: String
        @Option(help: "What the key is for.") var name: String
        @Option(help: "Permissions, separated by commas: calls.read,numbers.read") var scopes: String
        @Option(help: "After how many days it expires; never without it.") var days: Int?
        @Option(name: .customLong("by"), help: "The member's mail address.") var email: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                let wanted = try scopes.split(separator: ",").map { word in
                    guard let scope = Permission(rawValue: String(word)) else {
                        throw desk.terminal.refuse("scope_unknown", ["scope": String(word)])
                    }
                    return scope
                }
                let post = try desk.post()
                try await desk.withMembers { members in
                    guard let member = try await members.members(tenant.id).first(where: { $0.email == email }) else {
                        throw desk.terminal.refuse("person_unknown", ["email": email])
                    }
                    let keys = APIKeys(
                        desk.database,
                        outbox: post.outbox,
                        links: post.links,
                        pepper: post.keyPepper,
                        time: .system
                    )
                    let creation = try await keys.create(
                        tenant.id,
                        name: name,
                        scopes: Set(wanted),
                        expiresAt: days.map { Date().addingTimeInterval(TimeInterval($0) * 86_400) },
                        by: Acting(.member(member.person), name: member.name)
                    )
                    switch creation {
                    case .created(let key, _): print(key.reveal())
                    case .refused(let refusal): throw desk.terminal.refuse(name, becauseOf: refusal.key)
                    }
                }
            }
        }
    }
}
