import NIOCore

/// A running load, for code outside its event loop.
struct CallLoad: Sendable {
    private let eventLoop: any EventLoop
    private let driver: NIOLoopBound<LoadDriver>

    /// Connects every call and lets it talk.
    static func open(_ plan: LoadPlan, on eventLoop: any EventLoop) async throws -> Self {
        let driver = try await eventLoop.submit {
            NIOLoopBound(LoadDriver(plan: plan, eventLoop: eventLoop), eventLoop: eventLoop)
        }.get()
        let load = Self(eventLoop: eventLoop, driver: driver)
        do {
            try await eventLoop.flatSubmit { driver.value.connect() }.get()
        } catch {
            try await load.close()
            throw error
        }
        try await eventLoop.submit { driver.value.startTalking() }.get()
        return load
    }

    /// What has been found out since the last time this was asked.
    func takeTally() async throws -> Tally {
        try await eventLoop.submit { driver.value.takeTally() }.get()
    }

    func close() async throws {
        try await eventLoop.flatSubmit { driver.value.stop() }.get()
    }
}
