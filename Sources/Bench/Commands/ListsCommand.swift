import ArgumentParser

struct ListsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists",
        abstract: "How long lists take for a tenant with few calls and for one with many.",
        discussion: """
            `bin/bench lists` starts a server with two such tenants for it. Prints medians in milliseconds, as a client \
            on the same machine sees them, and their ratio: 1 means that a view does not grow with its tenant.
            """
    )

    @OptionGroup var server: ServerUnderTest

    @Option(help: "How often each view is opened for each tenant, 1 to 1000.")
    var rounds = 15

    @Option(help: "Another order of the requests.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...1_000).contains(rounds) else { throw ValidationError("--rounds must be 1 to 1000") }
    }

    func run() async throws {
        let world = try ListWorld(file: server.world)
        let trial = ListTrial(world: world, rounds: rounds)
        let lines = try await PageClient.with(server.url) { client in
            var random = SeededRandom(seed: seed)
            return try await trial.run(client, using: &random)
        }
        print(lines.text(world), terminator: "")
    }
}
