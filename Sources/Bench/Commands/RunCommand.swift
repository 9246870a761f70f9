import ArgumentParser
import NIOCore
import NIOPosix

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Load the media plane with calls and print the table of docs/BENCHMARKS.md."
    )

    @Option(help: "Numbers of calls at once, one row each.")
    var calls = CallCounts([100, 500, 800, 1_000])

    @Option(help: "Seconds that are measured in each row.")
    var seconds = 20

    @Option(help: "Finished calls after which growth is measured; 0 leaves that out.")
    var finishedCalls = 1_000

    @Option(help: "Threads of the server that serve connections.")
    var eventLoops = 1

    @Option(help: "Processors of the server.")
    var serverCores = ProcessorCores([0])

    @Flag(inversion: .prefixedNo, help: "Measure the sink too and print the ratio to it.")
    var baseline = true

    func validate() throws {
        guard calls.counts.allSatisfy({ (1...10_000).contains($0) }) else {
            throw ValidationError("--calls must be 1 to 10000 each")
        }
        guard (1...600).contains(seconds) else { throw ValidationError("--seconds must be 1 to 600") }
        guard (0...100_000).contains(finishedCalls) else {
            throw ValidationError("--finished-calls must be 0 to 100000")
        }
        guard (1...64).contains(eventLoops) else { throw ValidationError("--event-loops must be 1 to 64") }
    }

    func run() async throws {
        try OpenFiles.raiseLimit()
        let clientCores = try ProcessorCores.available().without(serverCores)
        if let clientCores { try clientCores.confineThreads() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let trial = LoadTrial(
            serverCores: serverCores,
            eventLoops: eventLoops,
            measured: .seconds(seconds),
            eventLoop: group.next()
        )
        let outcome: Result<BenchReport, any Error>
        do { outcome = .success(try await measure(with: trial, separateCores: clientCores != nil)) } catch {
            outcome = .failure(error)
        }
        try await group.shutdownGracefully()
        print(try outcome.get().text, terminator: "")
    }

    private func measure(with trial: LoadTrial, separateCores: Bool) async throws -> BenchReport {
        var report = BenchReport(
            machine: try Machine.describe(serverCores: serverCores, separateCores: separateCores),
            eventLoops: eventLoops,
            seconds: seconds
        )
        for count in calls.counts {
            Progress.tell("\(count) calls against the media plane")
            let ours = try await trial.mediaPlane(calls: count)
            var sink: Double?
            if baseline {
                Progress.tell("\(count) calls against the sink")
                sink = try await trial.sink(calls: count)
            }
            report.rows.append(BenchReport.Row(calls: count, plane: ours, sinkMillisecondsPerCallSecond: sink))
        }
        if finishedCalls > 0 {
            Progress.tell("\(finishedCalls) short calls")
            report.growth = try await trial.growth(finishedCalls: finishedCalls)
        }
        return report
    }
}

/// A list of numbers with commas, as the command line has it.
struct CallCounts: ExpressibleByArgument {
    let counts: [Int]

    init(_ counts: [Int]) {
        self.counts = counts
    }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let counts = parts.compactMap(\.self)
        guard !counts.isEmpty, counts.count == parts.count else { return nil }
        self.counts = counts
    }

    var defaultValueDescription: String { counts.map(String.init).joined(separator: ",") }
}
