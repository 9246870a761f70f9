import Testing

@testable import Bench

@Suite("The judgement on refusals")
struct RefusalTests {
    private func times(_ route: RefusalRoute, shift: Double, seed: UInt64 = 5) -> [RefusalRoute: RefusalTrial.Times] {
        var random = SeededRandom(seed: seed)
        // A bulk with a long tail, as answers of a server have it.
        func time() -> Double { 2 + 1 / (0.05 + Double.random(in: 0..<1, using: &random)) }
        return [
            route: RefusalTrial.Times(
                foreign: (0..<2_000).map { _ in time() },
                absent: (0..<2_000).map { _ in time() + shift }
            )
        ]
    }

    @Test("A9: kinds that take the same time are alike")
    func alike() throws {
        var random = SeededRandom(seed: 1)
        let judgement = RefusalJudgement(times(.callPage, shift: 0), rounds: 200, using: &random)
        #expect(judgement.verdict == .alike)
        let line = try #require(judgement.lines.first)
        #expect(line.requests == 2_000)
        #expect(line.difference.interval.contains(0))
        #expect(judgement.text.contains("alike"))
    }

    @Test("A9: a shift of what the run notices turns the verdict, half of it does not")
    func noticeable() throws {
        var random = SeededRandom(seed: 1)
        let line = try #require(RefusalJudgement(times(.apiCall, shift: 0), rounds: 200, using: &random).lines.first)
        let shift = try #require(line.noticeable)
        #expect(
            RefusalJudgement(times(.apiCall, shift: shift * 1.01), rounds: 200, using: &random).verdict == .different
        )
        #expect(RefusalJudgement(times(.apiCall, shift: shift / 2), rounds: 200, using: &random).verdict == .alike)
        #expect(shift < 0.1 * line.foreignMedian)
    }

    @Test("A9: one route that differs is enough, whatever the others do")
    func oneRoute() {
        var random = SeededRandom(seed: 1)
        let all = times(.callPage, shift: 0).merging(times(.numberPage, shift: 0.5, seed: 6)) { $1 }
        let judgement = RefusalJudgement(all, rounds: 200, using: &random)
        #expect(judgement.threshold == 0.005)
        #expect(judgement.verdict == .different)
    }

    @Test("identities are spelled for addresses")
    func paths() {
        #expect(RefusalRoute.numberPage.path("+43732900100") == "/rufnummern/%2B43732900100")
        #expect(RefusalRoute.callPage.path("x") == "/anrufe/x")
    }

    @Test("the peak of memory stands in the status of a process")
    func peak() {
        #expect(MeasuredProcess.peak(inStatus: "Name:\tx\nVmHWM:\t   12345 kB\nVmRSS:\t 1 kB\n") == 12_345)
        #expect(MeasuredProcess.peak(inStatus: "Name:\tx\n") == nil)
    }
}
