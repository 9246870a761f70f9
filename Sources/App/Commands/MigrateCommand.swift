import ArgumentParser
import Database
import Foundation
import Kernel

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database to this version's schema."
    )

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let terminal = try Terminal(environment: environment)
        guard let owner = environment[Setting.databaseOwnerURL.name], !owner.isEmpty else {
            throw terminal.refuse(
                SettingProblems(problems: [SettingProblem(.databaseOwnerURL, "setting_missing")])
            )
        }
        let folder = try ProgramFolders(environment: environment).migrations
        do {
            let applied = try await Migrator(directory: folder, ownerURL: Secret(owner)).migrate()
            for name in applied { terminal.say("migration_applied", ["migration": "\(name)"]) }
            if applied.isEmpty { terminal.say("migrations_current") }
        } catch let error as DatabaseError {
            throw terminal.refuse("database_failed", ["reason": "\(error)"])
        }
    }
}
