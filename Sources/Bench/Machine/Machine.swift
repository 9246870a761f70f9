import Foundation

/// What a figure was measured on.
enum Machine {
    static func describe(serverCores: ProcessorCores, separateCores: Bool) throws -> String {
        let processors = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let model =
            processors.split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"
        let kernel = try String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let load = try String(contentsOfFile: "/proc/loadavg", encoding: .utf8).split(separator: " ").first ?? ""
        let count = ProcessInfo.processInfo.processorCount
        let client = separateCores ? "client on the others" : "client on the same"
        #if DEBUG
        let build = "debug build: figures mean nothing"
        #else
        let build = "release build"
        #endif
        return """
            \(model), \(count) processors, Linux \(kernel), load \(load) before
            server on processor \(serverCores), \(client), \(build)
            """
    }
}
