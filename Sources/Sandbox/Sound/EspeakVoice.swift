import Foundation

/// A voice for people's ears: the program espeak-ng, brought down to 8 kHz.
package struct EspeakVoice: Sendable {
    package enum Failure: Error, Equatable {
        /// The program is not installed or ended with an error.
        case notAvailable
    }

    /// The name of an espeak-ng voice, such as `de` or `de+f3`.
    package let name: String
    /// Words a minute times this; 1 is espeak-ng's own pace.
    package let rate: Double

    package init(name: String = "de", rate: Double = 1) {
        self.name = name
        self.rate = rate
    }

    /// 16-bit linear samples at 8 kHz. Blocks for the tens of milliseconds that the program takes.
    package func linear(_ text: String) throws -> [Int16] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let wordsPerMinute = Int((min(max(rate, 0.25), 4) * 160).rounded())
        process.arguments = ["espeak-ng", "-v", name, "-s", String(wordsPerMinute), "--stdout", "--stdin"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw Failure.notAvailable
        }
        input.fileHandleForWriting.write(Data(text.utf8))
        try input.fileHandleForWriting.close()
        let sound = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure.notAvailable }
        let (samples, sourceRate) = try WaveFile.readLinear(sound)
        return Resampler.resample(samples, from: sourceRate, to: 8_000)
    }

    package func muLaw(_ text: String) throws -> [UInt8] {
        MuLaw.encode(try linear(text))
    }
}
