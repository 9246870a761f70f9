import ArgumentParser
import Web

struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "Print every address the server answers."
    )

    func run() {
        print(Endpoint.describe(Installation.table), terminator: "")
    }
}
