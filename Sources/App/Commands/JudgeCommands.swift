import ArgumentParser
import Twilio

/// Lets the carrier's own library judge our signatures: JSON lines in, JSON lines out.
struct SignatureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signature",
        abstract: "Check signatures for an independent judge.",
        shouldDisplay: false,
        subcommands: [Check.self]
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Read requests from standard input.")

        func run() {
            while let line = readLine(strippingNewline: true) { print(SignatureJudge.respond(line: line)) }
        }
    }
}
