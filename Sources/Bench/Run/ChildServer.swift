import Foundation

/// A server in a process of its own, started from this very program. It ends with this process at the latest.
final class ChildServer: Sendable {
    let port: Int
    private let process: Process
    private let ended: AsyncStream<Void>

    /// Starts `bench ARGUMENTS --port 0 --until-input-ends` and waits until it listens.
    ///
    /// - Throws: `ChildFailed` if it ends or says nothing for 30 seconds.
    init(_ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        )
        process.arguments = arguments + ["--port", "0", "--until-input-ends"]
        process.standardInput = Pipe()
        let output = Pipe()
        process.standardOutput = output
        let (ended, ending) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in ending.finish() }
        let (words, speaking) = AsyncStream.makeStream(of: Data.self)
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                speaking.finish()
            } else {
                speaking.yield(data)
            }
        }
        try process.run()
        self.process = process
        self.ended = ended
        do {
            port = try await Self.port(from: words)
        } catch {
            process.terminate()
            throw error
        }
    }

    var pid: Int32 { process.processIdentifier }

    private static func port(from words: AsyncStream<Data>) async throws -> Int {
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                var text = ""
                for await data in words {
                    text += String(decoding: data, as: UTF8.self)
                    if let port = self.port(announcedIn: text) { return port }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: .seconds(30))
                return nil
            }
            defer { group.cancelAll() }
            guard let port = try await group.next() ?? nil else { throw ChildFailed() }
            return port
        }
    }

    /// The port in a whole line such as `listening on ws://127.0.0.1:8090/media`.
    static func port(announcedIn text: String) -> Int? {
        guard let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last else {
            return nil
        }
        return line.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) }
    }

    /// Asks it to end and waits until it has; after ten seconds it is killed.
    func stop() async throws {
        process.terminate()
        let pid = pid
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [ended] in
                for await _ in ended {}
            }
            group.addTask {
                try await Task.sleep(for: .seconds(10))
                kill(pid, SIGKILL)
            }
            try await group.next()
            group.cancelAll()
        }
    }

    struct ChildFailed: Error, CustomStringConvertible {
        var description: String { "the server under measurement did not start" }
    }
}
