import Foundation

/// Where the files that belong to the program are: as the settings say, or in the nearest folder above the program or
/// the working directory that has them.
struct ProgramFolders {
    struct Missing: Error, CustomStringConvertible {
        let setting: String
        var description: String { "\(setting): folder not found" }
    }

    private let environment: [String: String]

    init(environment: [String: String]) {
        self.environment = environment
    }

    var resources: URL {
        get throws { try folder(.resources, "Resources", with: "locales") }
    }

    var migrations: URL {
        get throws { try folder(.migrations, "Migrations", with: "0001_roles.sql") }
    }

    private func folder(_ setting: Setting, _ name: String, with content: String) throws -> URL {
        let files = FileManager.default
        if let path = environment[setting.name], !path.isEmpty {
            let folder = URL(fileURLWithPath: path, isDirectory: true)
            guard files.fileExists(atPath: folder.appendingPathComponent(content).path) else {
                throw Missing(setting: setting.name)
            }
            return folder
        }
        let program = URL(fileURLWithPath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        let starts = [program.deletingLastPathComponent(), URL(fileURLWithPath: files.currentDirectoryPath)]
        for start in starts {
            var place = start
            for _ in 0..<8 {
                let folder = place.appendingPathComponent(name, isDirectory: true)
                if files.fileExists(atPath: folder.appendingPathComponent(content).path) { return folder }
                place = place.deletingLastPathComponent()
            }
        }
        throw Missing(setting: setting.name)
    }
}
