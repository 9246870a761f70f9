import ArgumentParser
import Foundation
import Localization

/// What a command prints: results on standard output, reasons on standard error, both from the catalog.
struct Terminal: Sendable {
    let catalog: Catalog
    let language: Language

    /// The catalog beside the program, in the language of `LANG`; German unless that says English.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        catalog = try Catalog.load(resources: try ProgramFolders(environment: environment).resources)
        language = (environment["LANG"] ?? "").lowercased().hasPrefix("en") ? .en : .de
    }

    func text(_ key: String, _ arguments: [String: String] = [:]) -> String {
        catalog.text("command.\(key)", language, arguments)
    }

    func say(_ key: String, _ arguments: [String: String] = [:]) {
        print(text(key, arguments))
    }

    func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Says why nothing was done and ends the command with 1.
    func refuse(_ key: String, _ arguments: [String: String] = [:]) -> ExitCode {
        complain(text(key, arguments))
        return .failure
    }

    func refuse(_ problems: SettingProblems) -> ExitCode {
        for problem in problems.problems { complain(problem.text(catalog, language)) }
        return ExitCode(78)
    }
}
