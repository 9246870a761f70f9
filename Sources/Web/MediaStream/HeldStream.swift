/// What arrived between `start` and the decision about the stream, in its order.
///
/// Bounded: beyond `soundLimit` bytes the oldest sound is dropped, beyond `eventLimit` events the newest event.
struct HeldStream {
    enum Item {
        case sound([UInt8], atMs: Int)
        case mark(String)
        case digit(Character)
    }

    static let eventLimit = 64

    private(set) var items: [Item] = []
    private var soundBytes = 0
    private var events = 0
    private let soundLimit: Int

    init(soundLimit: Int) {
        self.soundLimit = soundLimit
    }

    /// Returns how many frames were dropped for it.
    mutating func hold(_ sound: UnsafeRawBufferPointer, atMs: Int) -> Int {
        items.append(.sound(Array(sound), atMs: atMs))
        soundBytes += sound.count
        var dropped = 0
        while soundBytes > soundLimit, let oldest = items.firstIndex(where: \.isSound) {
            if case .sound(let bytes, _) = items.remove(at: oldest) { soundBytes -= bytes.count }
            dropped += 1
        }
        return dropped
    }

    mutating func hold(_ item: Item) {
        guard events < Self.eventLimit else { return }
        events += 1
        items.append(item)
    }
}

extension HeldStream.Item {
    fileprivate var isSound: Bool {
        if case .sound = self { true } else { false }
    }
}
