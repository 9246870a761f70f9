import Foundation

/// Keys that must not protect anything: those printed in our documents, and those no random generator makes.
enum SampleKeys {
    /// The one key that our documents print as an example: `c2FtcGxlLWtleS1mb3ItZG9jcy1uZXZlci11c2UtaXQ=`.
    static let published = Data("sample-key-for-docs-never-use-it".utf8)

    static func contains(_ key: Data) -> Bool {
        // Of 32 random bytes about 30 differ; that fewer than 12 do has a chance below 2⁻⁸⁰.
        key == published || Set(key).count < 12 || isSequence(key)
    }

    /// Each byte is the one before it plus the same step.
    private static func isSequence(_ key: Data) -> Bool {
        let bytes = Array(key)
        let steps = zip(bytes.dropFirst(), bytes).map { $0 &- $1 }
        return Set(steps).count == 1
    }
}
