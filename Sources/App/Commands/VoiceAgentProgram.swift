package import ArgumentParser

/// The command `voiceagent`: the product and the operator's tools.
package struct VoiceAgentProgram: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "voiceagent",
        abstract: "Answers the telephone for companies.",
        subcommands: [
            ServeCommand.self, WorkCommand.self, MigrateCommand.self, CheckConfigCommand.self, RoutesCommand.self,
            TenantCommand.self, MemberCommand.self, PersonCommand.self, KeyCommand.self, NumberCommand.self,
            FlowCommand.self,
            CallCommand.self, SignatureCommand.self, SpeechCommand.self, AuditCommand.self, MailJudgeCommand.self,
        ]
    )

    package init() {}
}
