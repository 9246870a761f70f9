import ArgumentParser

struct RefusalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refusals",
        abstract: "Whether the time of a refusal tells a foreign thing from one that does not exist.",
        discussion: """
            `bin/bench refusals` starts a server with two tenants for it. Foreign and absent identities are asked for \
            in random order; the times of the two kinds are compared, and the times of two halves of one kind. Ends \
            with 0 if the kinds are alike, 1 if they differ, 2 if even halves of one kind differ.
            """
    )

    @OptionGroup var server: ServerUnderTest

    @Option(help: "Requests of each kind on each route, 100 to 100000.")
    var requests = 2_000

    @Option(help: "Another order of the requests.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (100...100_000).contains(requests) else { throw ValidationError("--requests must be 100 to 100000") }
    }

    func run() async throws {
        let world = try RefusalWorld(file: server.world)
        guard !world.keys.isEmpty else { throw ValidationError("the world has no keys") }
        var random = SeededRandom(seed: seed)
        let trial = RefusalTrial(world, requests: requests, using: &random)
        let times = try await PageClient.with(server.url) { try await trial.run($0) }
        let judgement = RefusalJudgement(times, using: &random)
        print(judgement.text, terminator: "")
        guard judgement.verdict == .alike else { throw ExitCode(judgement.verdict.rawValue) }
    }
}

/// A server that runs already, with rows that were made for the measurement.
struct ServerUnderTest: ParsableArguments {
    @Option(help: ArgumentHelp("Where the server is; bin/bench knows.", visibility: .private))
    var url: String

    @Option(help: ArgumentHelp("A file with what to ask for; bin/bench writes it.", visibility: .private))
    var world: String
}
