import ArgumentParser

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "The product's media plane with providers in the process that answer at once.",
        discussion: """
            For any load generator that speaks Media Streams, at ws://127.0.0.1:PORT/media: no signature, no token, \
            end of turn after 200 ms of silence, interruption after 200 ms of voice, an answer of 2 s. GET /stats tells \
            how many calls are open. SIGTERM ends it.
            """
    )

    @OptionGroup var server: ServerOptions

    @Option(help: "Ask a silent caller after so many seconds whether they are there; never if not given.")
    var reminderAfter: Int?

    func validate() throws {
        if let reminderAfter, !(1...3_600).contains(reminderAfter) {
            throw ValidationError("--reminder-after must be 1 to 3600")
        }
    }

    func run() async throws {
        try server.prepareProcess()
        try await BenchServer(
            port: server.port,
            eventLoops: server.eventLoops,
            flow: BenchFlow.document(reminderAfterSeconds: reminderAfter)
        ).run()
    }
}
