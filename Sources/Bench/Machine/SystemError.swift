import Foundation

/// A call to the system that failed, with what the system says about it.
struct SystemError: Error, CustomStringConvertible {
    let description: String

    init(_ call: String) {
        description = "\(call): \(String(cString: strerror(errno)))"
    }
}
