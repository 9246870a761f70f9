import ArgumentParser
import NIOCore
import NIOPosix

struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Call a server that runs already, such as one under a profiler, and print what the callers saw."
    )

    @Option(help: "Port of the server at 127.0.0.1.")
    var port: Int

    @Option(help: "Calls at once.")
    var calls = 100

    @Option(help: "Seconds for which they last.")
    var seconds = 20

    func validate() throws {
        guard (1...65_535).contains(port) else { throw ValidationError("--port is not a port") }
        guard (1...10_000).contains(calls) else { throw ValidationError("--calls must be 1 to 10000") }
        guard (1...600).contains(seconds) else { throw ValidationError("--seconds must be 1 to 600") }
    }

    func run() async throws {
        try OpenFiles.raiseLimit()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let outcome: Result<Tally, any Error>
        do { outcome = .success(try await tally(on: group.next())) } catch { outcome = .failure(error) }
        try await group.shutdownGracefully()
        let tally = try outcome.get()
        print("\(tally.framesSent) frames sent, \(tally.complaints.isEmpty ? "no complaints" : "")", terminator: "")
        print(tally.complaints.joined(separator: ", "))
        Self.tell("delay", tally.answerDelays)
        Self.tell("clear", tally.clearDelays)
        Self.tell("client late", tally.lateness)
    }

    private func tally(on eventLoop: any EventLoop) async throws -> Tally {
        let load = try await CallLoad.open(LoadPlan(port: port, calls: calls), on: eventLoop)
        try await Task.sleep(for: .seconds(seconds))
        let tally = try await load.takeTally()
        try await load.close()
        return tally
    }

    private static func tell(_ name: String, _ nanoseconds: [Int64]) {
        guard let percentiles = DelayPercentiles(nanoseconds: nanoseconds) else { return }
        print(
            "\(name): \(percentiles.count) values, p50 \(percentiles.p50) ms, p99 \(percentiles.p99) ms, "
                + "highest \(percentiles.highest) ms"
        )
    }
}
