/// What a load does: how many calls, against whom, and whether the callers expect to be answered.
struct LoadPlan: Sendable {
    let port: Int
    let calls: Int
    /// A sink never answers: its callers go on without an answer, and nothing of it is measured.
    let expectsAnswers: Bool
    /// How many calls are connected in a second.
    let connectsPerSecond: Int

    init(port: Int, calls: Int, expectsAnswers: Bool = true, connectsPerSecond: Int = 400) {
        self.port = port
        self.calls = calls
        self.expectsAnswers = expectsAnswers
        self.connectsPerSecond = connectsPerSecond
    }
}
