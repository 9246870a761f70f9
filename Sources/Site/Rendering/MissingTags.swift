import Synchronization

/// Tags of templates that were asked for and had no value. The template engine renders them as nothing, which nobody
/// would see; here they are noted, counted and logged, and a test of every page asks that there are none.
final class MissingTags: Sendable {
    private static let capacity = 256
    private let names = Mutex<Set<String>>([])

    func note(_ name: String) {
        names.withLock { names in
            if names.count < Self.capacity { names.insert(name) }
        }
    }

    var all: [String] { names.withLock { $0.sorted() } }
}
