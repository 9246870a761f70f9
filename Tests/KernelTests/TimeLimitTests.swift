import Kernel
import TestSupport
import Testing

@Suite struct TimeLimitTests {
    private struct Broken: Error {}

    @Test func whatIsDoneInTimeIsTheResult() async throws {
        #expect(try await TimeSource.still.limit(.seconds(1)) { 5 } == 5)
    }

    @Test func whatTakesTooLongIsCancelled() async throws {
        await #expect(throws: TimeLimitExceeded()) {
            try await TimeSource.over.limit(.seconds(1)) { try await TimeSource.still.sleep(.seconds(2)) }
        }
    }

    @Test func itsOwnErrorPassesThrough() async throws {
        await #expect(throws: Broken.self) {
            try await TimeSource.still.limit(.seconds(1)) { throw Broken() }
        }
    }

    @Test func whoeverWaitsCanBeCancelled() async throws {
        let waiting = Task {
            try await TimeSource.still.limit(.seconds(1)) { try await TimeSource.still.sleep(.seconds(2)) }
        }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
