import Foundation
import Kernel
import Synchronization
import Testing

@Suite struct TimeSourceTests {
    @Test(
        "A duration in seconds",
        arguments: [
            (Duration.zero, 0.0), (.milliseconds(1_500), 1.5), (.seconds(-2), -2), (.microseconds(250), 0.000_25),
            (.seconds(86_400), 86_400),
        ]
    )
    func seconds(duration: Duration, seconds: Double) {
        #expect(abs(duration.seconds - seconds) < 1e-12)
    }

    @Test(
        "A duration in whole milliseconds leaves out what is less than one",
        arguments: [
            (Duration.zero, 0), (.milliseconds(1), 1), (.microseconds(999), 0), (.microseconds(1_999), 1),
            (.nanoseconds(1_999_999_999), 1_999), (.seconds(1_800), 1_800_000), (.milliseconds(-1_500), -1_500),
        ]
    )
    func milliseconds(duration: Duration, milliseconds: Int) {
        #expect(duration.milliseconds == milliseconds)
    }

    @Test("Time and waiting are those that were given")
    func injectedTime() async throws {
        let slept = Mutex<[Duration]>([])
        let time = TimeSource(
            now: { Date(timeIntervalSince1970: 1) },
            sleep: { duration in slept.withLock { $0.append(duration) } }
        )
        try await time.sleep(.seconds(3_600))
        #expect(time.now() == Date(timeIntervalSince1970: 1))
        #expect(slept.withLock { $0 } == [.seconds(3_600)])
    }
}
