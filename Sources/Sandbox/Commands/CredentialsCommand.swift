import ArgumentParser
import Foundation

/// `sandbox credentials`: the key file of a fresh service account.
struct CredentialsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credentials",
        abstract: "Schreibt die Schlüsseldatei eines neuen Dienstkontos."
    )

    @Option(help: "Datei, die geschrieben wird; nur ihr Besitzer darf sie lesen.")
    var out: String

    @Option(help: "Wo Token ausgestellt werden.")
    var tokenURI = "http://127.0.0.1:4010/token"

    func run() async throws {
        try ServiceAccount(tokenURI: tokenURI).write(to: URL(fileURLWithPath: out))
    }
}
