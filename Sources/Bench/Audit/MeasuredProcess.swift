import Foundation

/// What running a program to its end took.
struct MeasuredProcess: Sendable {
    let seconds: Double
    /// The most memory it ever had resident.
    let peakKilobytes: Int
    let status: Int32

    private static let step: TimeInterval = 0.002

    /// Runs it now and waits for it. What it prints is thrown away, its complaints are not.
    init(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let clock = ContinuousClock()
        let began = clock.now
        try process.run()
        // The highest mark is the kernel's, and grows until the end: the last that was read is the one.
        var peak = 0
        while process.isRunning {
            peak = max(peak, Self.highWaterMark(of: process.processIdentifier) ?? 0)
            Thread.sleep(forTimeInterval: Self.step)
        }
        let (seconds, attoseconds) = (clock.now - began).components
        self.seconds = Double(seconds) + Double(attoseconds) / 1e18
        peakKilobytes = peak
        status = process.terminationStatus
    }

    private init(seconds: Double, peakKilobytes: Int, status: Int32) {
        self.seconds = seconds
        self.peakKilobytes = peakKilobytes
        self.status = status
    }

    /// Two runs of the same as one: the mean of the times, the higher peak.
    func joined(_ other: Self) -> Self {
        Self(
            seconds: (seconds + other.seconds) / 2,
            peakKilobytes: max(peakKilobytes, other.peakKilobytes),
            status: max(status, other.status)
        )
    }

    /// Nil for a process that is about to be gone.
    private static func highWaterMark(of pid: Int32) -> Int? {
        guard let file = FileHandle(forReadingAtPath: "/proc/\(pid)/status") else { return nil }
        defer { file.closeFile() }
        return peak(inStatus: String(decoding: file.readDataToEndOfFile(), as: UTF8.self))
    }

    /// proc(5): `VmHWM`, in kilobytes.
    static func peak(inStatus status: String) -> Int? {
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }
}
