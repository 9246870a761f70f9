import Foundation

/// What the system has counted about a running process.
struct ProcessFigures: Equatable {
    /// Time on a processor, in user and in system mode, of all threads; in steps of 10 ms.
    let cpuSeconds: Double
    let residentKilobytes: Int
    let descriptors: Int

    /// - Throws: if the process does not run any more, or is not ours.
    init(pid: Int32) throws {
        let folder = "/proc/\(pid)"
        cpuSeconds = try Self.cpuSeconds(stat: Self.text(folder + "/stat"))
        residentKilobytes = try Self.residentKilobytes(rollup: Self.text(folder + "/smaps_rollup"))
        descriptors = try FileManager.default.contentsOfDirectory(atPath: folder + "/fd").count
    }

    /// proc(5): `utime` and `stime` are the 14th and 15th field; the 2nd, in brackets, may hold spaces.
    static func cpuSeconds(stat: String) throws -> Double {
        guard let name = stat.lastIndex(of: ")") else { throw Unreadable() }
        let fields = stat[name...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw Unreadable()
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Exact, where the figure in `status` is put together from the threads' own counts.
    static func residentKilobytes(rollup: String) throws -> Int {
        let line = rollup.split(separator: "\n").first { $0.hasPrefix("Rss:") }
        guard let value = line?.split(separator: " ").dropFirst().first, let kilobytes = Int(value) else {
            throw Unreadable()
        }
        return kilobytes
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    struct Unreadable: Error {}
}
