import Foundation

extension Metrics {
    /// Registers what the operating system knows about this process, under the names that Prometheus' own clients use.
    /// The figures come from `/proc/self`; where there is none they read 0.
    package func observeProcess() {
        observe("process_cpu_seconds_total", help: "User and system CPU time spent.") {
            ProcessFigures.cpuSeconds()
        }
        observe("process_resident_memory_bytes", help: "Resident memory.") {
            ProcessFigures.residentBytes()
        }
        observe("process_open_fds", help: "Open file descriptors.") {
            ProcessFigures.openDescriptors()
        }
    }
}

enum ProcessFigures {
    static func cpuSeconds() -> Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The second field of `/proc/self/statm`, in pages.
    static func residentBytes() -> Double {
        guard let text = contents(of: "/proc/self/statm") else { return 0 }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return 0 }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    static func openDescriptors() -> Double {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        // ".", ".." and the descriptor of this very listing do not count.
        var count = -3
        while readdir(directory) != nil { count += 1 }
        return Double(max(0, count))
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
    }

    /// Files of /proc have no size, so they are read in one gulp and not through the file manager.
    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
