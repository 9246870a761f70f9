import ArgumentParser

/// How a measured server listens and which part of the machine it may use.
struct ServerOptions: ParsableArguments {
    @Option(help: "Port to listen on at 127.0.0.1; 0 lets the system choose.")
    var port = 8090

    @Option(help: "Threads that serve connections.")
    var eventLoops = 1

    @Option(help: "Processors the whole process may use, such as 0 or 0,1; all of them if not given.")
    var cores: ProcessorCores?

    @Flag(help: ArgumentHelp("End when standard input ends.", visibility: .hidden))
    var untilInputEnds = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is not a port") }
        guard (1...64).contains(eventLoops) else { throw ValidationError("--event-loops must be 1 to 64") }
    }

    /// Confines the process to its processors and watches the input, where that was asked for.
    func prepareProcess() throws {
        if let cores { try cores.confineProcessAndRestart() }
        try OpenFiles.raiseLimit()
        if untilInputEnds { InputEnd.terminateProcess() }
    }
}
