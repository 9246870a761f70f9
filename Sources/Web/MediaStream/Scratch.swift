/// Memory for one unmasked frame, kept from frame to frame. After an unusually large frame it shrinks again, so that
/// such a frame does not cost a call for the rest of its life.
struct Scratch {
    private static let usual = 1_024
    private static let kept = 8 * 1_024

    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// At least `count` bytes, valid until the next call.
    mutating func space(for count: Int) -> UnsafeMutableRawBufferPointer {
        if memory.count < count || (memory.count > Self.kept && count <= Self.usual) {
            release()
            memory = .allocate(byteCount: max(count, Self.usual), alignment: 8)
        }
        return memory
    }

    mutating func release() {
        memory.deallocate()
        memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }
}
