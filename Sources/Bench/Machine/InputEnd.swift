import Foundation

/// Ties a measured server to whoever started it: the end of its standard input, which comes with the death of the
/// other process however that died, ends the server in an orderly way.
enum InputEnd {
    static func terminateProcess() {
        FileHandle.standardInput.readabilityHandler = { input in
            guard input.availableData.isEmpty else { return }
            input.readabilityHandler = nil
            kill(getpid(), SIGTERM)
        }
    }
}
