import ArgumentParser

struct CodecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codec",
        abstract: "Nanoseconds per media message and per frame of the detector, beside Foundation in the same run."
    )

    @Option(help: "Rounds of which the quickest counts.")
    var rounds = 5

    func validate() throws {
        guard (1...100).contains(rounds) else { throw ValidationError("--rounds must be 1 to 100") }
    }

    func run() throws {
        print(try CodecBench(rounds: rounds).report(), terminator: "")
    }
}
