import Testing

@testable import Bench

@Suite("Figures of a run")
struct FiguresTests {
    @Test("percentiles by nearest rank, in milliseconds")
    func percentiles() throws {
        let values = (1...200).map { Int64($0) * 1_000_000 }
        let percentiles = try #require(DelayPercentiles(nanoseconds: values.shuffled()))
        #expect(percentiles.p50 == 100)
        #expect(percentiles.p99 == 198)
        #expect(percentiles.highest == 200)
        #expect(percentiles.count == 200)
        #expect(DelayPercentiles(nanoseconds: []) == nil)
        #expect(DelayPercentiles(nanoseconds: [5_000_000])?.p99 == 5)
    }

    @Test("processor time is read behind a name with spaces and brackets")
    func processorTime() throws {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 250 150 0 0 20 0 4 0 100 1000 200"
        #expect(try ProcessFigures.cpuSeconds(stat: stat) == 4)
        #expect(throws: ProcessFigures.Unreadable.self) { try ProcessFigures.cpuSeconds(stat: "42") }
    }

    @Test("resident memory is read from the sum of all mappings")
    func residentMemory() throws {
        let rollup = "55d-7ff ---p 00000000 00:00 0 [rollup]\nRss:               12345 kB\nPss:  1 kB\n"
        #expect(try ProcessFigures.residentKilobytes(rollup: rollup) == 12_345)
    }

    @Test("processors are numbers and ranges", arguments: [("0", [0]), ("0,2-3", [0, 2, 3]), ("1-1", [1])])
    func processors(list: String, numbers: [Int]) {
        #expect(ProcessorCores(list: list)?.numbers == numbers)
    }

    @Test("what is no list of processors is refused", arguments: ["", "a", "1-", "-1", "3-1", "0,", "0-1-2", "9999"])
    func noProcessors(list: String) {
        #expect(ProcessorCores(list: list) == nil)
    }

    @Test("the client gets the processors the server does not use")
    func otherProcessors() {
        #expect(ProcessorCores([0, 1, 2]).without(ProcessorCores([1])) == ProcessorCores([0, 2]))
        #expect(ProcessorCores([0]).without(ProcessorCores([0])) == nil)
    }

    @Test("the port stands in the line that says the server listens, once that is whole")
    func announcedPort() {
        #expect(ChildServer.port(announcedIn: "listening on ws://127.0.0.1:8090/me") == nil)
        #expect(ChildServer.port(announcedIn: "listening on ws://127.0.0.1:8090/media\n") == 8_090)
    }
}
