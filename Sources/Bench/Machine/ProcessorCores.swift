import ArgumentParser
import Foundation

/// Processors by number. Confining a process to one of them gives "calls per core" its meaning: the event loops, the
/// cooperative pool and every other thread share that one.
struct ProcessorCores: ExpressibleByArgument, Equatable {
    let numbers: [Int]

    init(_ numbers: [Int]) {
        self.numbers = numbers.sorted()
    }

    init?(argument: String) {
        self.init(list: argument)
    }

    /// Numbers and ranges with commas, such as `0,2-3`.
    init?(list: String) {
        var numbers: [Int] = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
                0 <= first, first <= last, last < 4_096
            else { return nil }
            numbers += first...last
        }
        self.init(numbers)
    }

    var defaultValueDescription: String { description }

    /// What the main thread of this process may use now.
    static func available() throws -> Self {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
        guard let list = line?.split(separator: "\t").last, let cores = Self(list: String(list)) else {
            throw ProcessFigures.Unreadable()
        }
        return cores
    }

    /// The others of these processors; nil if none is left.
    func without(_ others: Self) -> Self? {
        let rest = numbers.filter { !others.numbers.contains($0) }
        return rest.isEmpty ? nil : Self(rest)
    }

    /// Confines every thread of this process, and so those that will be made.
    func confineThreads() throws {
        let taskset = Process()
        taskset.executableURL = URL(fileURLWithPath: "/usr/bin/taskset")
        taskset.arguments = ["--all-tasks", "--cpu-list", "--pid", description, "\(getpid())"]
        taskset.standardOutput = FileHandle.nullDevice
        try taskset.run()
        taskset.waitUntilExit()
        guard taskset.terminationStatus == 0 else { throw ValidationError("no such processors: \(description)") }
    }

    /// Starts this program anew, confined, because the cooperative pool is made with as many threads as there are
    /// processors when it is first used. Returns if the process is confined so already.
    func confineProcessAndRestart() throws {
        guard try Self.available() != self else { return }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let words = ["taskset", "--cpu-list", description, program] + CommandLine.arguments.dropFirst()
        let arguments = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        execv("/usr/bin/taskset", arguments + [nil])
        throw SystemError("execv")
    }
}

extension ProcessorCores: CustomStringConvertible {
    var description: String { numbers.map(String.init).joined(separator: ",") }
}
