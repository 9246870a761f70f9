import Foundation

/// Random keys of these tests.
enum Keys {
    static let first = random()
    static let second = random()

    static func random() -> String {
        Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    }
}
