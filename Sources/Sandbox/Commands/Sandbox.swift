package import ArgumentParser

/// The command `sandbox`.
package struct SandboxProgram: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Die Außenwelt von VoiceAgent: Telefon, Netzbetreiber, Google, Sprachmodell und Stripe.",
        subcommands: [ServeCommand.self, DialCommand.self, LoadCommand.self, CredentialsCommand.self]
    )

    package init() {}
}
