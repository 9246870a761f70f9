import ArgumentParser
import Foundation

struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Name every setting that is missing or contradictory."
    )

    @Flag(help: "Print the name of each setting there is, one a line.") var names = false
    @Flag(help: "Print each setting with its default and meaning, as .env.example has it.") var example = false

    func run() throws {
        if names {
            for setting in Setting.all { print(setting.name) }
            return
        }
        if example {
            print(Setting.example, terminator: "")
            return
        }
        let terminal = try Terminal()
        do {
            _ = try AppConfig(
                environment: ProcessInfo.processInfo.environment,
                hostName: ProcessInfo.processInfo.hostName
            )
            terminal.say("config_good")
        } catch let problems as SettingProblems {
            throw terminal.refuse(problems)
        }
    }
}

extension Setting {
    /// The whole `.env.example`.
    static var example: String {
        all.map { setting in
            let value = if case .optional(let value) = setting.need { value } else { "" }
            let mark = if case .required = setting.need { " (required)" } else { "" }
            return "# \(setting.meaning)\(mark)\n\(setting.name)=\(value)\n"
        }.joined(separator: "\n")
    }
}
