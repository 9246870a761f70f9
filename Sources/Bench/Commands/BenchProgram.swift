package import ArgumentParser

/// The command `bench`.
package struct BenchProgram: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "The media plane alone, under load: method and figures stand in docs/BENCHMARKS.md.",
        subcommands: [RunCommand.self, ServeCommand.self, SinkCommand.self, LoadCommand.self, CodecCommand.self],
        defaultSubcommand: RunCommand.self
    )

    package init() {}
}
