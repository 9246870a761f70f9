import Foundation

/// Lines on standard output, each out at once even into a pipe.
enum Output {
    /// A reader that has gone away is no reason to fail: the line is lost.
    static func line(_ text: String) {
        do { try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8)) } catch {}
    }
}
