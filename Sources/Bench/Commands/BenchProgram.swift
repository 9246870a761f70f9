package import ArgumentParser

/// The command `bench`.
package struct BenchProgram: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "The media plane alone under load, and how lists, refusals and audit chains behave.",
        discussion: "Method and figures stand in docs/BENCHMARKS.md and docs/rooms/Bench.md. Start it with bin/bench.",
        subcommands: [
            RunCommand.self, ServeCommand.self, SinkCommand.self, LoadCommand.self, CodecCommand.self,
            RefusalsCommand.self, ListsCommand.self, AuditCommand.self, AuditFillCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )

    package init() {}
}
